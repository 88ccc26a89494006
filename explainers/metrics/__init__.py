"""Faithfulness metrics: one file a metric, and the judge that sets each beside the same figure for random maps."""
