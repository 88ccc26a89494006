"""Explanation algorithms, usable as a library without the dialogue: one file a method."""
