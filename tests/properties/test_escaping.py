"""No input becomes a tag or an attribute, and no character of it is lost on the way to the page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.state import ANSWERED, Message, Turn
from core.blocks import (
    Badge,
    Bar,
    Beside,
    Block,
    Chart,
    Choices,
    Code,
    Diff,
    DiffPart,
    Fold,
    Heat,
    HeatToken,
    Line,
    Notice,
    Plot,
    Rows,
    Text,
)
from core.data import Dataset, Instance, Schema
from core.dialogue import Call, Parse, Reply
from jobs.shared import html
from tests.attacks import attacks
from tests.markup_reader import TAGS, Page, read
from ui.actions import Marks
from ui.blocks import RENDERERS, render
from ui.markup import tag
from ui.panels import uploaded
from ui.turns import finished, running
from ui.viewer import Wish, view
from ui.welcome import more, welcome

ATTACKS = tuple(attack for attack in attacks() if len(attack) < 500)
REPORT = frozenset({"h2", "text", "rect", "line", "title"})  # elements of reports that answers never have
fragments = st.one_of(st.sampled_from(ATTACKS), st.text(max_size=12))
data = st.lists(fragments, min_size=1, max_size=4).map("".join).filter(bool)
scores = st.floats(-1e6, 1e6)


@given(data)
def test_text(said: str) -> None:
    assert read(render([Text(said)])).text == said


@given(data, data, data)
def test_tag_escapes_children_and_attributes(child: str, title: str, key: str) -> None:
    page = read(tag("p", child, tag("span", [child, [child]]), title=title, data_key=key))
    assert page.text == child * 3
    assert page.elements[0].attributes == {"title": title, "data-key": key}


@given(st.lists(st.tuples(data, data, scores, st.booleans()), max_size=6), data, data, data)
def test_heat(tokens: list[tuple[str, str, float, bool]], unit: str, title: str, legend: str) -> None:
    made = tuple(HeatToken(text, after, score, shown) for text, after, score, shown in tokens)
    block = Heat(made, unit, (legend, legend), label=title, title=title)
    page = read(render([block]))
    assert page.all("heat-text")[0].text == "".join(token.text + token.after for token in made)
    assert page.all("heat-field")[0].text == title
    assert page.all("sr-only")[0].text == block.plain


@given(st.lists(st.tuples(data, data), min_size=1, max_size=3), data, data)
def test_tables(cells: list[tuple[str, str]], title: str, column: str) -> None:
    page = read(render([Rows((column, column), tuple(cells), title)]))
    assert [cell.text for cell in page.elements if cell.tag == "td"] == [text for row in cells for text in row]
    assert [cell.text for cell in page.elements if cell.tag == "th"] == [column, column]


@given(data, scores, st.floats(0, 1e6), data)
def test_plots(name: str, number: float, top: float, said: str) -> None:
    page = read(render([Plot((Bar(name, number, said),), top, name)]))
    assert [page.all("bar-name")[0].text, page.all("bar-value")[0].text] == [name, said]


@given(data, data, data, data)
def test_badges_folds_notices_choices(tone: str, said: str, inside: str, query: str) -> None:
    page = read(
        render(
            [
                Badge(tone, said, (Text(inside), Rows((said,), ((inside,),))), said),
                Fold(said, (Text(inside), Heat((HeatToken(inside, "", 1.0),), said, (said, said)))),
                Notice(tone, said),
                Choices((said,), (query,), said),
            ]
        )
    )
    assert page.all("badge-text")[0].text == said
    assert page.all("notice")[0].text == said
    assert page.all("choice")[0].attributes["data-query"] == query


@given(data, data, data, st.sampled_from(["en", "de"]))
def test_turns(said: str, query: str, field: str, language: str) -> None:
    message = Message(text=said, fields=((field, said),))
    parse = Parse((Call(query, ((field, said),)),))
    turn = Turn(message, ANSWERED, Reply((Text(said),), said, query), parse=parse)
    page = read(finished(turn, "k3", language, None, Marks()))
    assert page.all("answer")[0].text == said
    assert page.all("said")[0].text == said
    assert [box.attributes["value"] for box in page.elements if box.tag == "input"] == [query]
    assert read(running(message, said, 0.5, language)).all("step")[0].text == said


@given(data, data, data, data)
def test_viewer(text: str, label: str, code: str, split: str) -> None:
    schema = Schema(name="x", fields=("a", "b"), labels=(label,))
    row = Instance((("a", text), ("b", text)), id=7, label=label, language=code, split=split)
    page = read(view(Dataset(schema, (row,)), Wish(), "en"))
    assert page.all("ask")[0].attributes["data-query"] == "attribute where id = 7"
    assert all(shown.text == text or shown.text.endswith("…") for shown in page.all("row-text"))


@given(data, data)
def test_samples(question: str, query: str) -> None:
    chip = read(welcome([(question, query)], "en")).all("chip")[0]
    assert chip.attributes["data-say"] == question
    read(more([(question, query)], "en"))


BLOCKS: dict[type, Callable[[str], Block]] = {
    Text: Text,
    Heat: lambda said: Heat((HeatToken(said, said, 1.0),), said, (said, said), label=said, title=said),
    Beside: lambda said: Beside(
        *[(Heat((HeatToken(said, said, 1.0),), said, (said, said), label=said, title=said),)] * 2
    ),
    Diff: lambda said: Diff(tuple(DiffPart(kind, said) for kind in ("same", "removed", "added")), said),
    Plot: lambda said: Plot((Bar(said, 1.0, said),), 1.0, said),
    Chart: lambda said: Chart(
        (0.0, 1.0), (said, said), (Line(said, (0.1, 0.9), (0.1, 0.1)),) * 2, 0.0, 1.0, (said, said, said), said
    ),
    Rows: lambda said: Rows((said,), ((said,),), said),
    Badge: lambda said: Badge(said, said, (Text(said),), said),
    Choices: lambda said: Choices((said,), (said,), said),
    Fold: lambda said: Fold(said, (Text(said),)),
    Notice: lambda said: Notice("error", said),
    Code: lambda said: Code(said, said),
}


def test_every_kind_of_block_is_attacked() -> None:
    assert set(BLOCKS) == set(RENDERERS), "a new kind of block needs its line in BLOCKS"


@pytest.mark.parametrize("kind", BLOCKS, ids=lambda kind: kind.__name__)
def test_no_attack_adds_an_element_to_a_block(kind: type) -> None:
    plain = shape(render([BLOCKS[kind]("plain")]))
    for attack in attacks():
        made = render([BLOCKS[kind](attack)])
        assert shape(made) == plain, attack[:80]
        assert attack in read(made).text


def shape(made: str) -> list[tuple[str, frozenset[str]]]:
    """Elements and the names of their attributes."""
    return [(element.tag, frozenset(element.attributes)) for element in read(made).elements]


@pytest.mark.parametrize("language", ["en", "te"])
def test_what_is_said_of_an_upload_is_text(language: str) -> None:
    for attack in attacks():
        page = read(uploaded(attack, Dataset(Schema(attack, (attack,), (attack,)), ()), language))
        assert len(page.elements) == 1 and page.text.count(attack) >= 3


def test_reports_hold_texts_as_text() -> None:
    for attack in attacks():
        parts = [html.heading(attack), html.paragraph(attack), html.table(attack, [attack], [[attack]])]
        parts += [html.bars(attack, [(attack, 0.5, (0.4, 0.6))]), html.diagram(attack, [])]
        page = Page()
        page.feed("".join(parts))
        page.close()
        assert {element.tag for element in page.elements} <= TAGS | REPORT, attack[:80]
        assert not {name for element in page.elements for name in element.attributes if name.startswith("on")}
        assert page.text.count(attack) >= 6
