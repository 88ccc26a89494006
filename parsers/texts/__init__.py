"""The custom text in an utterance: by its delimiters, or from the network's scores, and its exact borders."""
