"""Which words of two texts mean the same: mutual nearest contextual vectors of the sentence encoder, in one language or two."""

from __future__ import annotations

import torch
from torch import Tensor

from core.explanations import Attribution, Match, Token
from core.script import is_word
from models.base import Encoded
from models.encoder import PREFIX, Encoder
from models.heads.input_reader import InputReader

DEPTH = 2 / 3  # layer 8 of 12 as in SimAlign: the last one of a sentence encoder says the same at every word
LEAST = 0.4  # cosine; docs/precision.md, "Two texts": most matches of translations reach it, few of unrelated texts


def aligned(first: Attribution, second: Attribution, encoder: Encoder) -> tuple[Match, ...]:
    """The words of both texts that are each other's nearest, in the order of the first text; punctuation is no word.

    Vectors are centred by each text's own mean, since those of one text, and of one language, share most of their direction; pairs
    below LEAST are left out. Words that are cut into pieces get the mean of these. Jalili Sabet et al. 2020 (SimAlign, Findings of
    EMNLP), "argmax".
    """
    (ours, one), (theirs, two) = (_read(made, encoder) for made in (first, second))
    if not ours or not theirs:
        return ()
    cosines = one @ two.T
    there, back = cosines.argmax(1).tolist(), cosines.argmax(0).tolist()
    found = [(place, other, float(cosines[place, other])) for place, other in enumerate(there) if back[other] == place]
    return tuple(
        Match(ours[place], theirs[other], round(cosine, 4)) for place, other, cosine in found if cosine >= LEAST
    )


def _read(made: Attribution, encoder: Encoder) -> tuple[list[Token], Tensor]:
    """The words that the encoder read, and their vectors [word, hidden], centred, of length 1."""
    encoded = InputReader(encoder.tokenizer, encoder.limit, PREFIX)(made.prediction.instance)
    layer = round(DEPTH * int(encoder.model.config.num_hidden_layers))
    states = encoder.states(encoded.ids, layer)[encoded.places]
    words = [token for token in made.tokens if is_word(token.text) and _pieces(token, encoded)]
    if not words:
        return [], states[:0]
    vectors = torch.stack([states[_pieces(word, encoded)].mean(0) for word in words])
    return words, torch.nn.functional.normalize(vectors - vectors.mean(0), dim=-1)


def _pieces(word: Token, encoded: Encoded) -> list[int]:
    """Places of the encoder's tokens that overlap with the word."""
    return [
        place
        for place, token in enumerate(encoded.tokens)
        if token.field == word.field and token.start < word.end and word.start < token.end
    ]
