"""What the parsers share that look at demonstrations or prompt a language model."""
