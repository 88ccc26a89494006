"""An id that an earlier sentence speaks of leaves a text of the user's own alone; one that names the subject does not."""

from __future__ import annotations

import pytest

from core.dialogue import Call, Utterance
from parsers.rules.pipeline import parse
from parsers.words.sentences import elsewhere, parted
from tests.parsing import REVIEWS, Oracle, texts_of


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Forget id 12, I know it. What of the soup was cold", True),
        ("Leave 12 for later, but how sure about the soup was cold", True),
        ("第12条我看懂了。这句呢：the soup was cold", True),
        ("Id 12. How sure is it that the soup was cold", False),
        ("Nr. 12 says the soup was cold", False),
        ("12, the one where the soup was cold", False),
    ],
)
def test_a_sentence_that_says_something_of_its_own_is_about_something_else(text: str, other: bool) -> None:
    start = text.index("12")
    assert elsewhere(text, start, start + 2, text.index("the soup")) is other


def test_sentences_end_at_their_marks_and_before_a_turn() -> None:
    assert parted("It was fine. Why", 0, 16) and parted("好。为什么", 0, 3)
    assert parted("fine, but why", 0, 13) and not parted("fine and 3.5 of all, so why", 0, 27)


@pytest.mark.parametrize(
    ("text", "language", "own"),
    [
        ("I know 12 by now. Which words matter here: five stars for the view", "en", "five stars for the view"),
        ("Mit Nr. 14 bin ich schon durch. Welche Wörter zählen in (Na ja, geht so)?", "de", "Na ja, geht so"),
        ("फिलहाल आईडी 27 को रहने दो। कौन से शब्द मायने रखते हैं: खाना ठंडा था", "hi", "खाना ठंडा था"),
    ],
)
def test_marked_texts_are_found_beside_an_id_that_is_not_meant(text: str, language: str, own: str) -> None:
    found = parse(Utterance(text, language), REVIEWS, Oracle(Call("attribute")), "oracle")
    assert texts_of(found) == [own] and found.where is None and found.calls == (Call("attribute"),)


def test_what_is_not_meant_is_no_count_either() -> None:
    text = "id 31 was really boring. Anything close to «the soup was cold that night»?"
    assert parse(Utterance(text), REVIEWS, Oracle(Call("similar")), "oracle").calls == (Call("similar"),)


def test_a_line_that_asks_is_no_sentence_about_something_else() -> None:
    text = "Find me 3 more like this one\nthe soup was cold that night"
    assert parse(Utterance(text), REVIEWS, Oracle(Call("similar")), "oracle").calls == (Call("similar", (("k", 3),)),)


def test_a_comparison_means_both() -> None:
    text = 'Look at id 31 again, please. Compare it with "the soup was cold that night"'
    found = parse(Utterance(text), REVIEWS, Oracle(Call("predict")), "oracle")
    assert found.calls[0].operation == "compare" and str(found.where) and texts_of(found)
