"""The tuned reader of the default parser: its network, its training rows, how it learns, and its eight-bit form."""
