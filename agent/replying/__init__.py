"""From an explanation to an answer: what stands around what `telling` tells, and questions back and apologies."""
