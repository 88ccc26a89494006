"""No input becomes a tag or an attribute, and no character of it is lost on the way to the page."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent.state import ANSWERED, Message, Turn
from core.blocks import Badge, Bar, Choices, Fold, Heat, HeatToken, Notice, Plot, Rows, Text
from core.data import Dataset, Instance, Schema
from core.dialogue import Call, Parse, Reply
from tests.markup_reader import read
from ui.blocks import render
from ui.markup import tag
from ui.turns import finished, running
from ui.viewer import Wish, view
from ui.welcome import more, welcome

ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</p></div></figure><h1>",
    "<!-- ",
    "<![CDATA[",
    "<?php ",
    "&lt;b&gt;",
    "&#x3c;b&#62;",
    "&amp;amp;",
    "</textarea></title></style>",
    "<svg/onload=alert(1)>",
    "javascript:alert(1)",
    "${alert(1)}",
    "{{constructor}}",
    "\u202e<b>",
    "\x00<b\x00>",
    "`",
    "\\",
    "--h:1;background:url(//x)",
)
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
    page = read(finished(turn, 3, language, None))
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
