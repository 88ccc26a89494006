"""The job `explain` in parts: its plan, rows, folder, engines and report."""
