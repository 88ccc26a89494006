"""What languages call things: the lexicon, number words, terms of the glossary, sentences, and which language it is."""
