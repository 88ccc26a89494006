"""A wish to be told the last answer otherwise, and nothing else: "explain that more simply", "now for an expert", "in German"."""

from __future__ import annotations

from collections.abc import Sequence

from core.dialogue import SAME, Call
from parsers.notation.shapes import NONE, shape
from parsers.rules.answer_language import wanted_languages
from parsers.rules.data_language import UNSPACED, data_languages
from parsers.rules.guesses import Guess
from parsers.rules.understanding import Understood
from parsers.texts.segments import words
from parsers.words.lexicon import Mention, mentions

BESIDE = 10  # words beside those that name the reader; more may ask for something of their own
BESIDE_UNSPACED = 14  # characters of them in scripts without spaces
ALONE, FEW = 1, 2  # words beside a language alone: "in German please", "and now in German"
SURE = 0.9
ASKING = ("attribute", "rationalize")  # operations that "explain that" names, too
OTHERS = ("topics", "metrics", "methods", "previous")  # words with which a message is about something of its own
KEYWORDS = "keywords"  # like every operation on texts, about a language of the data only where that describes rows
VAGUE = ("attribute", "none", "rationalize", "same", "tutorial")
SETTLED = 0.9  # a reading as anything else is believed from here on
LIKELY = 0.5  # a question about the data from here on, where it names a language


def retold(seen: Understood, guesses: Sequence[Guess]) -> Guess | None:
    """The reading as a follow-up where the message names a reader or a language and little else; None for any other message."""
    described = mentions("audience", seen.request)
    readers = described or _wanted(seen, guesses[0])
    own = seen.custom or any(number.is_id or not number.spelled for number in seen.numbers)
    if not readers or own or any(mentions(section, seen.request) for section in OTHERS):
        return None
    if any(one.value not in ASKING for one in mentions("operations", seen.request)):
        return None
    best = guesses[0]
    if best.call.operation not in VAGUE and best.probability >= SETTLED:
        return None
    told = (*readers, *mentions("polite", seen.request))
    rest = words(seen.request) - sum(words(seen.request[one.start : one.end]) for one in told)
    if not described and not _for_the_answer(seen, readers, best, rest):
        return None
    return Guess(Call(SAME), SURE) if rest <= (BESIDE_UNSPACED if seen.language in UNSPACED else BESIDE) else None


def _for_the_answer(seen: Understood, named: Sequence[Mention], best: Guess, rest: int) -> bool:
    """Whether one language is wanted for the answer; "how does it do in German?" and "better in English or German?" ask for something."""
    if len({one.value for one in named}) > 1:
        return False
    little = rest <= ALONE or (rest <= FEW and best.call.operation in VAGUE)
    unlike = best.call.operation in VAGUE and best.call.operation != NONE
    return little or unlike or bool(mentions("answering", seen.request))


def _wanted(seen: Understood, best: Guess) -> Sequence[Mention]:
    """The languages that an answer is wanted in, not those of the data: "which reviews in Russian did it get wrong?"."""
    known = shape(best.call.operation)
    of_data = known.where and not known.text and best.call.operation != SAME and best.probability >= LIKELY
    about = data_languages(seen.request, seen.language, known if of_data else shape(KEYWORDS))
    return [one for one in wanted_languages(seen.request) if one not in about]
