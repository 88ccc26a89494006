"""What several operations have in common."""
