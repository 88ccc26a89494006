"""What a causal model is asked: prompts with their demonstrations, in tokens that know their place in the user's text."""
