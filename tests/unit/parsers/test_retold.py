"""A message that names a reader and little else asks for the last answer again; one that asks for something of its own does not."""

from __future__ import annotations

import pytest

from core.data import Schema
from core.dialogue import Call, Utterance
from parsers.notation.canonical import write
from parsers.rules.guesses import Guess
from parsers.rules.pipeline import compose
from parsers.rules.retold import retold
from parsers.rules.understanding import Understood, understand

SCHEMA = Schema("soup", ("text",), ("negative", "positive"))
UNSURE = (Guess(Call("undo"), 0.4), Guess(Call("code"), 0.3))


def seen(text: str, language: str) -> Understood:
    return understand(Utterance(text, language, 1.0), SCHEMA)


@pytest.mark.parametrize(
    ("text", "language", "audience"),
    [
        ("explain like I'm new", "en", "novice"),
        ("Geht das auch einfacher?", "de", "novice"),
        ("Explícamelo más fácil", "es", "novice"),
        ("объясни попроще", "ru", "novice"),
        ("请用新手也能懂的话解释", "zh", "novice"),
        ("నేను కొత్తవాడిని, సులభంగా వివరించు", "te", "novice"),
        ("اشرح ذلك ببساطة أكثر", "ar", "novice"),
        ("give me the expert version", "en", "expert"),
    ],
)
def test_a_wish_for_another_reader(text: str, language: str, audience: str) -> None:
    understood = seen(text, language)
    found = retold(understood, UNSURE)
    assert found is not None
    made = compose(understood, [found.call], found.probability, "rules")
    assert write(made) == f"same(audience={audience})"


@pytest.mark.parametrize(
    "text",
    [
        "explain 12 like I'm new",
        "How do counterfactuals work, for a beginner?",
        "in simple words: which accuracy does it have?",
        "Please explain it",
        'in simple words, why is "a soup that nobody would ever eat twice" negative?',
    ],
)
def test_what_asks_for_something_of_its_own(text: str) -> None:
    assert retold(seen(text, "en"), UNSURE) is None


@pytest.mark.parametrize(
    ("text", "language", "reading"),
    [
        ("is it worse in Telugu than in English?", "en", "none"),
        ("how do you do in Spanish?", "en", "none"),
        ("how does the model do in German?", "en", "model_card"),
        ("bist du auf Deutsch besser als auf Englisch?", "de", "none"),
        ("et combien en allemand ?", "fr", "same"),
        ("модель хуже на телугу?", "ru", "model_card"),
    ],
)
def test_how_it_does_in_a_language_is_no_wish_for_an_answer_in_it(text: str, language: str, reading: str) -> None:
    assert retold(seen(text, language), (Guess(Call(reading), 0.7),)) is None


@pytest.mark.parametrize(
    ("text", "language", "reading"),
    [
        ("auf Deutsch bitte", "de", "none"),
        ("and now in German", "en", "none"),
        ("en español por favor", "es", "none"),
        ("can you say that in German?", "en", "none"),
        ("geht das auch auf Deutsch?", "de", "same"),
    ],
)
def test_a_language_alone_is_that_of_the_answer(text: str, language: str, reading: str) -> None:
    assert retold(seen(text, language), (Guess(Call(reading), 0.5),)) is not None


def test_a_sure_reading_is_believed() -> None:
    assert retold(seen("what can you do, in simple words?", "en"), (Guess(Call("functions"), 0.97),)) is None
