"""Speed and memory: ratios against a named alternative in the same run, never pass or fail."""
