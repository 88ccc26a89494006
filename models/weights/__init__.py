"""Weights: fetched, checked, converted, loaded in a precision, and kept in memory while there is room."""
