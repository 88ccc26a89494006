"""Questions about a stretch of what the model writes: "why did you write “great” after 12?"."""

from __future__ import annotations

from collections.abc import Sequence

from core.data import Schema
from parsers.rules.understanding import blanked
from parsers.texts.quotes import Pair, pairs
from parsers.texts.segments import words
from parsers.words.lexicon import Mention, label_mentions, mentions
from parsers.words.sentences import parted

NEAR = 24  # characters between "the model write" and the quotation
LONGEST = 8  # words; who quotes more asks about a text of their own


def asked_writing(text: str, schema: Schema) -> Pair | None:
    """The quotation that the question says the model wrote, in one sentence with its "why".

    None where it asks nothing of the kind: "a guest wrote “cold food”. Why is that negative?" names a label.
    """
    quoted = pairs(text)
    around = blanked(text, [(pair.start, pair.end) for pair in quoted])
    asking = [*mentions("why", around), *mentions("driving", around)]
    if not quoted or not asking or label_mentions(around, schema):
        return None
    short = [pair for pair in quoted if _short(text[pair.start : pair.end], schema)]
    cues = [cue for cue in mentions("writing", around) if not _apart(around, cue, asking)]
    gaps = [(max(cue.start - pair.end, pair.start - cue.end), pair) for cue in cues for pair in short]
    return min((one for one in gaps if one[0] <= NEAR), key=lambda one: one[0], default=(0, None))[1]


def _short(quotation: str, schema: Schema) -> bool:
    return words(quotation) <= LONGEST and not label_mentions(quotation, schema)


def _apart(text: str, cue: Mention, asking: Sequence[Mention]) -> bool:
    """Whether a sentence ends between the cue and a word that asks."""
    return any(parted(text, *sorted((one.start, cue.start))) for one in asking)
