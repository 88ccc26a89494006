"""Requests to compare: a precision, or two methods, beside words such as "still the same"; two instances, or another language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.dialogue import Utterance
from parsers.numbers.numerals import Number
from parsers.rules.denials import denials
from parsers.rules.understanding import Understood, understand
from parsers.texts.custom_text import SHORT, every
from parsers.texts.segments import words
from parsers.words.lexicon import Mention, mentions, overlap

FULL = "fp32"  # what a compressed model is compared with, in whatever order the two are said
QUANTIZED, USUAL = "quantized", "bnb-nf4"  # a model said to be quantized has four bits where no others are named
EVERYDAY = "accuracy_weak"  # "right" and "correct" are said of single answers, too
# What a comparison itself shows of both; "compare their confidence" asks for that
OWN = {"attribute", "predict", "rationalize"}


def asks_to_compare(seen: Understood) -> bool:
    """Whether the words compare two precisions or methods, or a text in two languages: no kind of question that readers know."""
    one = bool(seen.custom) or bool(_instances(seen))
    if one and language(seen):
        return True
    if not mentions("comparing", seen.request):
        return False
    named = any(number.is_id for number in seen.numbers) or (one and bool(mentions("beside", seen.request)))
    named = bool(seen.custom) or named  # without an instance it may be a question about terms
    if precisions(seen):
        return not scored(seen)
    return named and len(methods(seen)) > 1


def scored(seen: Understood) -> str:
    """The operation where scores or mistakes are compared over the data: "is the accuracy of the 4-bit model still the same?"; else ""."""
    if seen.custom or _instances(seen):
        return ""
    formats = mentions("precisions", seen.request)  # "full precision" is no metric
    said = [one for one in mentions("metrics", seen.request) if not any(overlap(one, other) for other in formats)]
    if {one.value for one in said} - {EVERYDAY}:
        return "score"
    return "mistakes" if any(one.value == "mistakes" for one in mentions("operations", seen.request)) else ""


def beside(seen: Understood) -> Understood | None:
    """The utterance with the instances that it sets side by side, bare numbers as ids; None where it names fewer than two.

    Where two precisions or methods differ, that is the question, asked of each instance.
    """
    others = {one.value for one in mentions("operations", seen.request)} - OWN
    if not mentions("beside", seen.request) or others or precisions(seen) or len(methods(seen)) > 1:
        return None
    quoted = every(seen.text, seen.schema) if len(seen.custom) == 1 and not _of_a_form(seen) else ()
    texts = len(quoted) > 1 and max(words(one.text) for one in quoted) > SHORT  # else they may be terms
    both = understand(Utterance(seen.text, seen.language), seen.schema, quoted) if texts else seen
    ids = _instances(both)
    own = max(1, len(both.custom) // len(both.schema.fields)) if both.custom else 0
    if own + len(ids) < 2:
        return None
    return replace(both, numbers=tuple(replace(one, is_id=one.is_id or one in ids) for one in both.numbers))


def language(seen: Understood) -> str:
    """The language that one instance is compared in, said last; "" for none, and where two instances are compared."""
    found = mentions("languages", seen.request)
    return found[-1].value if found and mentions("beside", seen.request) and beside(seen) is None else ""


def precisions(seen: Understood) -> list[str]:
    """The precisions that are named, each once, full precision last; "quantized" names one where no bits do."""
    found = dict.fromkeys(one.value for one in mentions("precisions", seen.request))
    vague = found.keys() <= {QUANTIZED, FULL}
    named = [USUAL if name == QUANTIZED else name for name in found if vague or name != QUANTIZED]
    return sorted(named, key=lambda name: name == FULL)


def methods(seen: Understood) -> list[str]:
    """The methods that are named, each once, without idioms ("pay attention") and those that are not wanted."""
    idioms = mentions("no_methods", seen.request)
    found = [one for one in mentions("methods", seen.request) if not any(_within(one, idiom) for idiom in idioms)]
    places = [one.start for one in found]
    return list(dict.fromkeys(one.value for one in found if not _unwanted(seen, one, places)))


def _unwanted(seen: Understood, method: Mention, places: Sequence[int]) -> bool:
    """Whether a word sets the method aside: "not with attention but with LIME", "instead of SHAP"."""
    before = any(0 <= method.start - one.end <= 1 for one in mentions("instead_of", seen.request))
    after = any(0 <= one.start - method.end <= 1 for one in mentions("instead_of_after", seen.request))
    return before or after or bool(denials(seen, method.start, method.end, method.start, places))


def _instances(seen: Understood) -> list[Number]:
    """Numbers that can be ids where nothing is counted: bare ones only in digits ("with ten others")."""
    sure = [one for one in seen.numbers if one.sure and not one.is_count and not one.ordinal]
    return [one for one in sure if one.is_id or not one.spelled]


def _of_a_form(seen: Understood) -> bool:
    return any(span.start == span.end for span in seen.custom)


def _within(one: Mention, other: Mention) -> bool:
    return other.start <= one.start and one.end <= other.end
