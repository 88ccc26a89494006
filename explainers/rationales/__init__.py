"""Rationales: what the writer reads, what of its answer is kept, and which words of the text it names."""
