"""Numbers in an utterance: where they stand, and whether each is an id, a count, a list, a range or set aside."""
