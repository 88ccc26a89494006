"""Requests to compare: a precision, or two methods, beside words such as "still the same"."""

from __future__ import annotations

from parsers.lexicon import Mention, mentions
from parsers.understanding import Understood

FULL = "fp32"  # what a compressed model is compared with, in whatever order the two are said


def asks_to_compare(seen: Understood) -> bool:
    """Whether the words compare two precisions or two methods: no kind of question that the reader was trained on."""
    if not mentions("comparing", seen.request):
        return False
    one = bool(seen.custom) or any(number.is_id for number in seen.numbers)
    return bool(precisions(seen)) or (
        one and len(methods(seen)) > 1
    )  # without an instance it may be a question about terms


def precisions(seen: Understood) -> list[str]:
    """The precisions that are named, each once, full precision last."""
    found = dict.fromkeys(one.value for one in mentions("precisions", seen.request))
    return sorted(found, key=lambda name: name == FULL)


def methods(seen: Understood) -> list[str]:
    """The methods that are named, each once, without idioms ("pay attention")."""
    idioms = mentions("no_methods", seen.request)
    found = [one for one in mentions("methods", seen.request) if not any(_within(one, idiom) for idiom in idioms)]
    return list(dict.fromkeys(one.value for one in found))


def _within(one: Mention, other: Mention) -> bool:
    return one.start < other.end and other.start < one.end
