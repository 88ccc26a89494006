"""Second thoughts: where the words of a message outweigh a reader that is unsure, or that cannot be right."""

from __future__ import annotations

from collections.abc import Sequence

from core.dialogue import SAME, Call
from parsers.notation.shapes import shape
from parsers.rules.comparisons import methods, scored
from parsers.rules.guesses import Guess
from parsers.rules.retold import retold
from parsers.rules.topics import term_asked
from parsers.rules.understanding import Understood
from parsers.texts.custom_text import SHORT
from parsers.texts.segments import QUESTION, words
from parsers.words.lexicon import label_mentions, mentions

SURE = 0.9  # how surely a rule reads
DOUBTED = 0.85  # below it, "… positive or negative?" is no wish to change anything, and "run LIME on 12" no follow-up
UNSURE = 0.65  # a reading below it gives way to the one operation that the words name
POSSIBLE = 0.25  # where the reader holds that at least so likely
HINTED = 0.005  # what a reader must give an operation that can work on the text
RIVALS = {"influence": "similar", "attribute": "keywords"}  # read as the first where the words say but the second
# "run LIME on 12" is none of these
NO_METHOD = ("predict", "learn", "show", "count", "likelihood", "similar", "rationalize")
NO_LABEL = ("adversarial", "augment")  # what has nothing to do with labels that the data lack
AGAIN = (SAME, "compare")
ABOUT_WORDS = ("tutorial", "define")  # what names an operation without asking for it


def thought_over(seen: Understood, guesses: Sequence[Guess]) -> Guess:
    """The best guess, or what the words say instead."""
    if again := retold(seen, guesses):
        return again
    return _answer_wanted(seen, _named(seen, guesses))


def _named(seen: Understood, guesses: Sequence[Guess]) -> Guess:
    """The best guess; where that is unsure, the one operation that the words name, if the reader holds it possible."""
    if topic := term_asked(seen):
        settled = guesses[0].call.operation in ABOUT_WORDS and guesses[0].probability >= UNSURE
        return guesses[0] if settled else Guess(Call("tutorial", (("topic", topic),)), SURE)
    if guesses[0].call.operation == "compare" and (over_all := scored(seen)):
        return Guess(Call(over_all), SURE)
    said = {one.value for one in mentions("operations", seen.request)}
    if guesses[0].call.operation == "predict" and "attribute" in said:  # "explain the prediction for 12"
        return Guess(Call("attribute"), UNSURE)
    rival = RIVALS.get(guesses[0].call.operation, "")
    if said == {rival} and (shape(rival).ids or seen.custom) and not methods(seen):
        return Guess(Call(rival), UNSURE)
    if methods(seen) and (guesses[0].call.operation in NO_METHOD or _hardly_again(seen, guesses[0])):
        return Guess(Call("attribute"), UNSURE)
    if guesses[0].call.operation in NO_LABEL and mentions("other_labels", seen.request):  # "make it offensive"
        guesses = sorted(guesses, key=lambda guess: guess.call.operation != "edit_label" or guess.probability < HINTED)
    backed = [guess for guess in guesses if said == {guess.call.operation} and guess.probability >= POSSIBLE]
    unsure = guesses[0].probability < UNSURE and guesses[0].call.operation not in {*said, *ABOUT_WORDS}
    if not backed or not unsure:
        return guesses[0]
    return Guess(backed[0].call, max(backed[0].probability, UNSURE))


def _hardly_again(seen: Understood, guess: Guess) -> bool:
    """Whether a method for an id that is named is unsurely read as a follow-up or a comparison: "run LIME on 12"."""
    again = guess.call.operation in AGAIN and guess.probability < DOUBTED
    return again and any(number.is_id or not number.spelled for number in seen.numbers)


def with_text(seen: Understood, guesses: Sequence[Guess]) -> Sequence[Guess]:
    """The guesses, with those that can do something with the custom text before those that cannot: "how many stars has “…”?"."""
    first = shape(guesses[0].call.operation)
    told = not (first.ids or first.where) or first.text  # about the system itself: a quotation may be a term
    filtered = any(one.value in ("includes", "includes_after") for one in mentions("filters", seen.request))
    if not seen.custom or told or filtered or max(words(span.text) for span in seen.custom) <= SHORT:
        return guesses
    able = [guess for guess in guesses if shape(guess.call.operation).text and guess.probability >= HINTED]
    return [*able, *(guess for guess in guesses if guess not in able)]


def _answer_wanted(seen: Understood, guess: Guess) -> Guess:
    """An unsure reading as a change becomes the plain question where labels are asked for: "… good or bad?", "Is “…” positive?"."""
    named = {one.value for one in label_mentions(seen.request, seen.schema)}
    set_aside = mentions("contrast", seen.request) or mentions("contrast_after", seen.request)
    offered = seen.custom and len(named) > 1 and not set_aside
    asked = seen.custom and len(named) == 1 and seen.request.rstrip().endswith(QUESTION)
    unsure = {
        "counterfactual": offered and guess.probability < DOUBTED,
        "edit_label": asked and guess.probability < UNSURE,
    }
    return Guess(Call("predict"), max(guess.probability, UNSURE)) if unsure.get(guess.call.operation) else guess
