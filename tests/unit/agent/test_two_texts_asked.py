"""Asking for two texts side by side: which words ask for it, and which requests come of it."""

from __future__ import annotations

import pytest

from agent.resolving.query import of_request
from agent.resolving.resolve import resolve
from agent.resolving.situation import Situation
from agent.running.run import Runner
from agent.state import Memory, Message
from core.dialogue import Request, Utterance
from core.progress import Progress
from core.settings import Settings
from parsers.notation.canonical import read, write
from parsers.rules.pipeline import parse
from tests.tiny import SCHEMA, tiny_classifier, tiny_dataset
from tests.unit.agent.test_compare import Elsewhere


def situation(**more: object) -> Situation:
    return Situation(Message("x", **more), Memory(), tiny_dataset(), Settings(), "en")


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("compare where id = 3 or id = 5", [((3, 5), 0)]),
        ("compare where id = 3 or id = 5 or id = 8", [((3, 5), 0), ((3, 8), 0)]),
        ('compare on "own" where id = 3', [((3,), 1)]),
        ('compare on "own", "other"', [((), 2)]),
        ("compare(method=lime) where id = 3 or id = 5", [((3, 5), 0)]),
        ("compare(precision=rtn4) where id = 3 or id = 5", [((3,), 0), ((5,), 0)]),
        ("compare(language=de) where id = 3 or id = 5", [((3,), 0), ((5,), 0)]),
        ("compare where id = 3", [((3,), 0)]),
        ('compare(precision=rtn4) on "own" where id = 3', [((), 1)]),
    ],
)
def test_two_instances_are_two_sides_where_nothing_else_differs(query: str, asked: list[tuple[object, int]]) -> None:
    made = resolve(read(query), situation())
    assert [(one.ids, len(one.custom)) for one in made] == asked
    if len(made) == 1:
        again = resolve(read(of_request(made)), situation())
        assert again == made, "the chip asks the same again"


def test_a_text_of_ones_own_stands_before_a_row() -> None:
    runner = Runner(lambda *_: tiny_classifier(), 5)
    (asked,) = resolve(read('compare on "great Film" where id = 3'), situation())
    found = runner.context(asked, tiny_dataset(), Progress()).instances
    assert [(row.id, row.text) for row in found] == [(None, "great Film"), (3, tiny_dataset().instance(3).text)]
    (asked,) = resolve(read('compare on "great Film", "plain book"'), situation())
    found = runner.context(asked, tiny_dataset(), Progress()).instances
    assert [row.text for row in found] == ["great Film", "plain book"]


@pytest.mark.parametrize(
    ("asked_in", "text", "language"),
    [
        ("de", "The battery died after two days and the screen is cracked", "en"),
        ("en", "La batterie est morte après deux jours et l'écran est fissuré", "fr"),
        ("en", "Суп был холодный, а официант грубил", "ru"),
        ("de", "Super Film", "de"),
        ("es", "ok", "es"),
    ],
)
def test_a_text_of_ones_own_is_in_its_own_language(asked_in: str, text: str, language: str) -> None:
    runner = Runner(lambda *_: tiny_classifier(), 5)
    request = Request("predict", custom=(("text", text),), model="tiny", language=asked_in)
    (found,) = runner.context(request, tiny_dataset(), Progress()).instances
    assert (found.id, found.language) == (None, language)


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        ("en", "Compare 12 and 15", "compare where id = 12 or id = 15"),
        ("en", "compare 12 with 150, top 3", "compare(k=3) where id = 12 or id = 150"),
        ("en", "12 vs 15 with LIME", "compare(method=lime) where id = 12 or id = 15"),
        ("de", "Vergleiche 12 und 15", "compare where id = 12 or id = 15"),
        ("es", "compara 12 y 15", "compare where id = 12 or id = 15"),
        ("ru", "сравни 12 и 15", "compare where id = 12 or id = 15"),
        ("zh", "比较12和15", "compare where id = 12 or id = 15"),
        ("te", "12, 15ని పోల్చండి", "compare where id = 12 or id = 15"),
        ("ar", "قارن 12 و 15", "compare where id = 12 or id = 15"),
        ("fr", "comparez le 12 et le 15", "compare where id = 12 or id = 15"),
        ("en", "Compare “The battery died” with 12", 'compare on "The battery died" where id = 12'),
        ("de", "Vergleiche 12 mit dem Gegenstück (English)", "compare(language=en) where id = 12"),
        # other questions about several instances stay what they are
        ("en", "Compare the confidence on samples 41 and 908.", "attribute where id = 41 or id = 908"),
        ("en", "I'd like to compare review three with ten others of the same kind.", "attribute(k=10) where id = 3"),
        ("ru", "Дай прочесть рядом примеры 22 и 415.", "attribute where id = 22 or id = 415"),
        ("en", "Compare LIME and SHAP for 12", "compare(method=lime, other=kernel_shap) where id = 12"),
    ],
)
def test_two_instances_or_languages_are_read(language: str, text: str, query: str) -> None:
    assert write(parse(Utterance(text, language), SCHEMA, Elsewhere(), "test")) == query
