"""What a causal model is asked to choose from: labels or stretches of its writing, their grammar, scores and bias."""
