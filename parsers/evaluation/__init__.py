"""Rows that say how an utterance should be read, and how well parses fit them."""
