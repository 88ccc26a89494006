"""Second thoughts: where the words of a message outweigh a reader that is unsure, or that cannot be right."""

from __future__ import annotations

from collections.abc import Sequence, Set

from core.dialogue import SAME, Call
from parsers.notation.shapes import NONE, shape
from parsers.numbers.excluded import left_out
from parsers.rules.changes import weighed
from parsers.rules.comparisons import methods, scored
from parsers.rules.filters import ids_in
from parsers.rules.guesses import DOUBTED, UNSURE, Guess
from parsers.rules.retold import retold
from parsers.rules.topics import term_asked
from parsers.rules.understanding import Understood
from parsers.texts.custom_text import SHORT
from parsers.texts.segments import words
from parsers.words.lexicon import label_mentions, mentions

SURE = 0.9  # how surely a rule reads
POSSIBLE = 0.25  # where the reader holds that at least so likely
UNHEEDED = 0.4  # a reading that leaves something out which was said: whoever acts on it asks back
HINTED = 0.005  # what a reader must give an operation that can work on the text
RIVALS = {"influence": "similar", "attribute": "keywords"}  # read as the first where the words say but the second
# "run LIME on 12" is none of these
NO_METHOD = ("predict", "learn", "show", "count", "likelihood", "similar", "rationalize")
NO_LABEL = ("adversarial", "augment")  # what has nothing to do with labels that the data lack
AGAIN = (SAME, "compare")
SHOW = "show"
ABOUT_WORDS = ("tutorial", "define")  # what names an operation without asking for it


def thought_over(seen: Understood, guesses: Sequence[Guess]) -> Guess:
    """The best guess, or what the words say instead."""
    if again := retold(seen, guesses):
        return again
    return _understood(seen, weighed(seen, _answer_wanted(seen, _named(seen, guesses))))


def _named(seen: Understood, guesses: Sequence[Guess]) -> Guess:
    """The best guess; where that is unsure, the one operation that the words name, if the reader holds it possible."""
    if topic := term_asked(seen):
        settled = guesses[0].call.operation in ABOUT_WORDS and guesses[0].probability >= UNSURE
        return guesses[0] if settled else Guess(Call("tutorial", (("topic", topic),)), SURE)
    if guesses[0].call.operation == "compare" and (over_all := scored(seen)):
        return Guess(Call(over_all), SURE)
    said = {one.value for one in mentions("operations", seen.request)}
    if "attribute" in said and _to_be_explained(seen, guesses[0], said):
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


def _to_be_explained(seen: Understood, guess: Guess, said: Set[str]) -> bool:
    """Whether "explain the prediction for 12" and "explain review 12" are read as if nothing was to be explained."""
    name, named = guess.call.operation, [one for one in seen.numbers if one.sure and not one.is_count]
    told = mentions("follow_ups", seen.request) or mentions("audience", seen.request)
    shown = (name == SHOW and named) or (name == SAME and len(named) == 1 and not told)
    return name == "predict" or (name not in said and bool(shown))


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
    """An unsure wish for a change of the text becomes the plain question where labels are offered: "… good or bad?"."""
    named = {one.value for one in label_mentions(seen.request, seen.schema)}
    set_aside = mentions("contrast", seen.request) or mentions("contrast_after", seen.request)
    offered = seen.custom and len(named) > 1 and not set_aside
    unsure = offered and guess.call.operation == "counterfactual" and guess.probability < DOUBTED
    return Guess(Call("predict"), max(guess.probability, UNSURE)) if unsure else guess


def _understood(seen: Understood, guess: Guess) -> Guess:
    """The reading without what is surely misread: texts to be written, a share of the data, the length of one instance."""
    name = guess.call.operation
    if mentions("composing", seen.request):
        if name == "similar" and seen.numbers:
            return Guess(Call("augment"), UNSURE)
        if name == SHOW and not seen.numbers and not mentions("kinds", seen.request):
            return Guess(Call(NONE), UNSURE)
    if name == "score" and _share_of_a_label(seen):
        return Guess(Call("labels"), UNSURE)
    if name == "count" and _instance(seen):
        return Guess(Call(SHOW), UNSURE) if mentions("units", seen.request) else Guess(guess.call, UNHEEDED)
    return guess


def _share_of_a_label(seen: Understood) -> bool:
    asked = mentions("shares", seen.request) and label_mentions(seen.request, seen.schema)
    return bool(asked) and not seen.quoted and not mentions("metrics", seen.request)


def _instance(seen: Understood) -> bool:
    """Whether one instance is named, which a count of the data cannot heed: "how many words are in 12?"."""
    shown = shape(SHOW)
    out = left_out(seen, shown)
    named = [one for one in ids_in(seen, shown) if one not in out]
    return len(named) == 1 and (named[0].is_id or bool(mentions("units", seen.request)))
