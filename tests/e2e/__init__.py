"""Journeys through the page in Chromium, on the real default model."""
