"""Blocks as HTML: every kind of block shows what it says, in colour and without."""

from __future__ import annotations

import time
import typing

import pytest

from core.blocks import Badge, Bar, Block, Choices, Diff, DiffPart, Fold, Heat, HeatToken, Notice, Plot, Rows, Text
from tests.markup_reader import read
from ui.blocks import RENDERERS, render

HEAT = Heat(
    tokens=(
        HeatToken("The", " ", 0.001),
        HeatToken("battery", " ", 0.2),
        HeatToken("died", "", -0.5),
        HeatToken("!", "", 0.0, shown=False),
    ),
    unit="logits",
    legend=("speaks for “negative”", "speaks against “negative”"),
    label="claim",
)
NAMES = (("word", "score"), ("", "score"), ("", ""))


def test_every_kind_of_block_has_a_renderer() -> None:
    assert set(RENDERERS) == set(typing.get_args(Block))


def test_heat_keeps_the_text_and_scales_by_the_largest_score() -> None:
    page = read(render([HEAT]))
    assert page.all("heat-text")[0].text == "The battery died!"
    words = page.all("tok")
    assert [word.text for word in words] == ["battery", "died"]  # 0.001 of 0.5 could not be seen
    assert [word.attributes["style"] for word in words] == ["--h:0.400", "--h:1.000"]
    assert [word.attributes["data-tip"] for word in words] == ["+0.200", "−0.500"]


def test_heat_reads_without_colour() -> None:
    page = read(render([HEAT]))
    battery, died = page.all("tok")
    assert battery.has("pos") and not battery.has("strong")
    assert died.has("neg") and died.has("strong") and died.has("joined")
    assert page.all("sr-only")[-1].text == HEAT.plain
    legend = page.all("legend")[0]
    assert legend.text == "speaks for “negative”speaks against “negative”logits"


def test_heat_reaches_the_strongest_words_by_keyboard() -> None:
    tokens = tuple(HeatToken(f"w{number}", " ", float(number)) for number in range(1, 21))
    words = read(render([Heat(tokens, "", ("for", "against"))])).all("tok")
    assert [word.text for word in words if word.attributes["tabindex"] == "0"] == ["w16", "w17", "w18", "w19", "w20"]


def test_heat_legend_names_only_colours_that_are_there() -> None:
    unsigned = Heat((HeatToken("a", "", 0.3), HeatToken("b", "", 0.7)), "weight", ("attended to more", ""))
    page = read(render([unsigned]))
    assert len(page.all("key")) == 1
    assert not page.all("neg")


def test_heat_says_scores_as_the_reader_writes_them() -> None:
    said = Heat((HeatToken("a", "", -0.3, said="−0,300"),), "", ("for", "against"))
    (word,) = read(render([said])).all("tok")
    assert word.attributes["data-tip"] == "−0,300" and said.plain.startswith("a −0,300")
    assert HEAT.plain.startswith("claim: died −0.500"), "a real minus sign"


def test_a_table_is_a_landmark_only_with_a_name() -> None:
    named, half, bare = (read(render([Rows(titles, (("a", "b"),))])).all("table")[0] for titles in NAMES)
    assert (named.attributes["role"], named.attributes["aria-label"]) == ("region", "word, score")
    assert half.attributes["aria-label"] == "score"
    assert "role" not in bare.attributes and "aria-label" not in bare.attributes and bare.attributes["tabindex"] == "0"


def test_heat_of_zeros_has_no_colour() -> None:
    page = read(render([Heat((HeatToken("a", " ", 0.0), HeatToken("b", "", 0.0)), "", ("for", "against"))]))
    assert page.all("heat-text")[0].text == "a b"
    assert not page.all("tok") and not page.all("legend")


DIFF = Diff(
    (
        DiffPart("same", "The food was "),
        DiffPart("removed", "cold <b>"),
        DiffPart("added", "hot"),
        DiffPart("same", "."),
    ),
    "claim",
)


def test_diff_marks_what_went_and_what_came() -> None:
    page = read(render([DIFF]))
    assert [element.text for element in page.elements if element.tag == "del"] == ["cold <b>"]
    assert [element.text for element in page.elements if element.tag == "ins"] == ["hot"]
    assert page.all("diff-text")[0].text == "The food was cold <b>hot."
    assert page.all("heat-field")[0].text == "claim"
    assert not any(element.tag == "b" for element in page.elements)


def test_diff_reads_as_plain_text() -> None:
    assert DIFF.plain == "claim: The food was [-cold <b>-]{+hot+}."
    assert Diff((DiffPart("added", "a {text} b"),)).plain == "{+a {text} b+}"


def test_plot_bars_are_shares_of_the_top() -> None:
    bars = (Bar("negative", 0.75, "75%", strong=True), Bar("neutral", 0.25, "25%"), Bar("odd", 1.5, "150%"))
    page = read(render([Plot(bars, top=1.0)]))
    assert [bar.attributes["style"] for bar in page.all("bar-fill")] == ["width:75.0%", "width:25.0%", "width:100.0%"]
    assert [bar.text for bar in page.all("bar-value")] == ["75%", "25%", "150%"]
    assert [bar.has("strong") for bar in page.all("bar")] == [True, False, False]


def test_table_titles_and_numbers() -> None:
    page = read(render([Rows(("label", "number"), (("negative", "12"), ("positive", "8,5 %")), title="Labels")]))
    titles = [element for element in page.elements if element.tag == "th"]
    cells = [element for element in page.elements if element.tag == "td"]
    assert [title.text for title in titles] == ["label", "number"]
    assert [(cell.text, cell.has("num")) for cell in cells] == [
        ("negative", False),
        ("12", True),
        ("positive", False),
        ("8,5 %", True),
    ]


def test_a_cell_of_digits_and_spaces_is_drawn_at_once() -> None:
    began = time.process_time()
    page = read(render([Rows(("text",), (("1" + " " * 99_000 + "x",),))]))
    assert time.process_time() - began < 1.0 and not page.all("num")


def test_table_without_titles_names_its_rows() -> None:
    page = read(render([Rows(("", ""), (("model", "e5-small"),))]))
    named = [element for element in page.elements if element.tag == "th"]
    assert [(cell.text, cell.attributes["scope"]) for cell in named] == [("model", "row")]


@pytest.mark.parametrize("tone", ["good", "bad", "open"])
def test_badge_says_its_verdict_in_words_and_unfolds(tone: str) -> None:
    page = read(render([Badge(tone, "clearly better than chance", (Text("what it means"),), "figures")]))
    details = page.all("badge")[0]
    assert details.tag == "details" and details.has(tone)
    assert page.all("badge-text")[0].text == "clearly better than chance"
    assert page.all("fold-body")[0].text == "what it means"
    assert any(element.tag == "svg" for element in page.elements)


def test_badge_icons_differ_by_verdict() -> None:
    drawn = {
        next(element.attributes["d"] for element in read(render([Badge(tone, "x")])).elements if element.tag == "path")
        for tone in ("good", "bad", "open")
    }
    assert len(drawn) == 3


def test_choices_carry_their_queries() -> None:
    page = read(render([Choices(("Why?", "How sure?"), ("attribute where id = 1", 'predict on "a"'), "Next")]))
    buttons = page.all("choice")
    assert [(one.text, one.attributes["data-query"]) for one in buttons] == [
        ("Why?", "attribute where id = 1"),
        ("How sure?", 'predict on "a"'),
    ]


def test_fold_and_notice() -> None:
    page = read(render([Fold("details", (Text("inside"),)), Notice("error", "no such id"), Notice("note", "cut")]))
    assert page.all("fold")[0].text == "detailsinside"
    assert [(notice.text, notice.has("error")) for notice in page.all("notice")] == [
        ("no such id", True),
        ("cut", False),
    ]
