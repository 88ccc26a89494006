"""Precisions: each declared once, how weights are rounded to it, and whether gradients through them are true."""
