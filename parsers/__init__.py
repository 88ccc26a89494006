"""From an utterance to a Parse: text understanding by rules, operations by interchangeable parsers."""
