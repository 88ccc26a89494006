"""The job `study_precision` in parts: its data, arms, measurements, figures, controls and report."""
