"""Readings that would change the session's copy, where the words ask for something else: "explain 12", "rewrite it as positive"."""

from __future__ import annotations

from core.dialogue import Call
from parsers.rules.guesses import DOUBTED, UNSURE, Guess
from parsers.rules.label_filters import of_a_noun
from parsers.rules.presuppositions import denied
from parsers.rules.understanding import Understood
from parsers.texts.segments import QUESTION
from parsers.words.lexicon import label_mentions, mentions

EDIT_LABEL, LEARN, PREDICT = "edit_label", "learn", "predict"
TAUGHT = (LEARN, "unlearn", "undo")


def weighed(seen: Understood, guess: Guess) -> Guess:
    """The guess, or what the words ask for where it would change something that they do not speak of."""
    name = guess.call.operation
    if name == EDIT_LABEL:
        return _of_a_label(seen, guess)
    said = {one.value for one in mentions("operations", seen.request)}
    other = len(said) == 1 and name in TAUGHT and name not in said and guess.probability < DOUBTED
    return Guess(Call(said.pop()), UNSURE) if other else guess


def _of_a_label(seen: Understood, guess: Guess) -> Guess:
    """A text to be rewritten or a question about a label is no order to change one.

    A text of one's own has no label yet, so that "make “…” positive" is not done unasked.
    """
    named = {one.value for one in label_mentions(seen.request, seen.schema)}
    if names_labelling(seen.request):
        return guess
    if mentions("rewriting", seen.request):
        return Guess(Call("counterfactual" if named else "augment"), UNSURE)
    asked = len(named) == 1 and seen.request.rstrip().endswith(QUESTION)
    if asked and guess.probability < (UNSURE if seen.custom else DOUBTED):
        return Guess(Call(PREDICT), UNSURE)
    return Guess(guess.call, min(guess.probability, UNSURE)) if seen.custom else guess


def names_labelling(request: str) -> bool:
    """Whether a word of labelling stands there: "the gold label", "tagged", "relabel"."""
    words = [*mentions("operations", request), *mentions("topics", request)]
    return any(one.value == EDIT_LABEL for one in words) or _labelled(request)


def _labelled(request: str) -> bool:
    return any(one.value == "labelled" for one in mentions("filters", request))


def taught(seen: Understood, guess: Guess) -> list[Guess]:
    """The guess; both changes, the label first, where it is to learn an instance as something: "learn 12 as positive"."""
    said = label_mentions(seen.request, seen.schema)
    wanted = [one for one in said if not of_a_noun(seen, one) and not denied(seen, one)]
    both = guess.call.operation == LEARN and len({one.value for one in said}) == 1 and wanted
    return [Guess(Call(EDIT_LABEL), guess.probability), guess] if both else [guess]
