"""What a causal model writes, freely or under a grammar, what it keeps between turns, and how likely it finds a text."""
