"""What a user can ask for: one pair of files an operation, x.py (slots and run) and x.toml (its words in every language)."""
