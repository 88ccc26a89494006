"""Models: the catalogue, loading, and the families that can be asked for labels, scores, gradients and text."""
