"""From what a reader says to a checked parse: slots, filters, comparisons, several requests, by rules in every language."""
