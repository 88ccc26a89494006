"""The panel that compares: what can be picked, and the query that its button asks."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import gradio as gr
import pytest

from agent.state import Message
from core.data import Dataset, Instance, Schema
from core.errors import UserError
from core.languages import complete, whole_number
from parsers.notation.canonical import read
from tests.tiny import SCHEMA
from ui.comparing import SLOTS, Comparing, Wish
from ui.labels import Labels
from ui.sides import KINDS, kinds, methods, precisions, sides, spoken

DATA = Dataset(
    SCHEMA, tuple(Instance((("text", "x"),), n, language=code) for n, code in enumerate(["de", "English", "de"]))
)
PICKED = {kind: (f"{kind}-first", f"{kind}-second") for kind in ("precision", "method", "model")} | {
    "language": ("in",)
}
MODELS = [("a", "Model A"), ("b", "Model B")]


@pytest.mark.parametrize(
    ("wish", "query"),
    [
        (Wish("precision", "fp32", "rtn4", "12"), "compare(precision=rtn4, reference=fp32) where id = 12"),
        (Wish("method", "lime", "occlusion", ""), "compare(method=lime, other=occlusion)"),
        (Wish("model", "a", "b", "so good"), 'compare(model=b) on "so good"'),
        (Wish("language", "", "te", "౧౨"), "compare(language=te) where id = 12"),
        (Wish("instances", "x", "y", "12", " 15 "), "compare where id = 12 or id = 15"),
        (Wish("instances", "", "", "12", 'he said "no"'), 'compare on "he said \\"no\\"" where id = 12'),
        (Wish("instances", "", "", "one", "two"), 'compare on "one", "two"'),
        (Wish("instances", "", "", "0", "1"), "compare where id = 0 or id = 1"),
    ],
)
def test_the_button_asks_a_query(wish: Wish, query: str) -> None:
    assert wish.query == query and not wish.problem
    assert read(query).calls[0].operation == "compare"


@pytest.mark.parametrize(
    ("wish", "problem"),
    [
        (Wish("instances", text="12"), "two_needed"),
        (Wish("instances", text="12", other="  "), "two_needed"),
        (Wish("method", "lime", "lime", "12"), "same"),
        (Wish("instances", text="12", other=" १२"), "same"),
        (Wish("instances", text="so good", other="so good "), "same"),
        (Wish("language", "", "", "12"), "no_language"),
    ],
)
def test_what_is_missing_is_said(wish: Wish, problem: str) -> None:
    assert wish.problem == problem


def test_ids_are_digits_of_any_script() -> None:
    assert [whole_number(text) for text in ("12", " १२ ", "12a", "", "1.5", "²")] == [12, 12, None, None, None, None]


@pytest.mark.parametrize("language", complete())
def test_every_kind_has_a_word(language: str) -> None:
    assert [name for _, name in kinds(language)] == list(KINDS)
    assert "auto" not in dict(map(reversed, precisions(language))) and "random_scores" not in dict(
        map(reversed, methods(language))
    )


def test_what_stands_on_both_sides_at_first_differs() -> None:
    with gr.Blocks(analytics_enabled=False):
        made = sides("b", MODELS, Labels())
    values = {kind: [box.value for box in boxes] for kind, boxes in made.picked.items()}
    assert values["precision"] == ["fp32", "bnb-nf4"] and values["method"] == ["integrated_gradients", "occlusion"]
    assert values["model"] == ["b", "a"] and values["language"] == [None]
    assert list(made.picked) == list(SLOTS), "the button reads them in this order"


def test_languages_are_those_of_the_data_and_at_first_another_than_the_page_s() -> None:
    assert spoken(DATA) == [("Deutsch", "de"), ("English", "en")]
    panel = Comparing(Quiet(), SimpleNamespace())  # type: ignore[arg-type]
    found = [panel.spoken({"session": "s"}, code, "tiny", "language")["value"] for code in ("de", "en", "te")]
    assert found == ["en", "de", "de"]
    german = Quiet(replace(DATA, rows=DATA.rows[:1]))
    panel = Comparing(german, SimpleNamespace())  # type: ignore[arg-type]
    assert panel.spoken({"session": "s"}, "de", "tiny", "language")["value"] == "de", "the only one there is"


class Quiet:
    """An agent that knows two models and one data set."""

    def __init__(self, data: Dataset = DATA) -> None:
        self.data = data

    def models(self) -> list[tuple[str, str]]:
        return MODELS

    def dataset(self, session: str, name: str) -> Dataset:
        return self.data

    def say_error(self, error: UserError, language: str) -> str:
        return f"{error.kind}: {error.facts}"


def pressed(data: Dataset = DATA, **wish: str) -> tuple[list[object], list[object]]:
    """What the button asks, and what the page is told."""
    asked: list[object] = []
    panel = SimpleNamespace(told="told", about="about", texts=("text", "other"), picked=PICKED)
    layout = SimpleNamespace(sides=panel, visitor="visitor")

    def ask(visitor: object, message: object, accepted: object) -> object:
        asked.append(message)
        yield accepted

    asking = SimpleNamespace(ask=ask, layout=layout, message=lambda _: Message("", "auto", "en", "a", "fp32", "tiny"))
    said = (wish["second"],) if wish["about"] == "language" else (wish.get("first"), wish.get("second"))
    sides = zip(PICKED.get(wish["about"], ()), said, strict=False)
    given = {"visitor": {"session": "s"}, **wish, **dict(sides)}
    return asked, list(Comparing(Quiet(data), asking).compared(given))  # type: ignore[arg-type]


def test_the_question_stands_in_the_conversation_as_a_sentence() -> None:
    ((message,), _) = pressed(about="model", first="b", second="a", text="12")
    assert message.text == "Compare Model B with Model A: id 12"  # type: ignore[attr-defined]
    assert (message.model, message.query) == ("b", "compare(model=a) where id = 12")  # type: ignore[attr-defined]
    ((message,), _) = pressed(about="language", second="en", text="x" * 80)
    assert message.text == f"Compare “{'x' * 60}…” with its counterpart (English)"  # type: ignore[attr-defined]


def test_a_missing_text_is_told_and_nothing_asked() -> None:
    asked, (view,) = pressed(about="instances", text="12")
    assert not asked and "Two texts are needed" in str(view["told"])  # type: ignore[index]


def test_two_texts_of_one_s_own_are_not_taken_for_two_fields() -> None:
    claims = Dataset(Schema("claims", ("claim", "evidence"), ("supported",)), ())
    asked, (view,) = pressed(claims, about="instances", text="It rains", other="The street is wet")
    assert not asked and "missing_field" in str(view["told"]) and "evidence" in str(view["told"])  # type: ignore[index]
    for other in ("12", "0"):
        assert pressed(claims, about="instances", text="11", other=other)[0]
