"""Predictions: told, kept for the second question, measured, and what the card of a model says of it."""
