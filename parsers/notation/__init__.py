"""The written forms of a parse: canonical queries, the benchmark's notation, their grammar, and what each operation takes."""
