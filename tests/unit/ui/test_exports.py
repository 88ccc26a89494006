"""Exports of a conversation: whole, readable anywhere, and nothing of a user's text becomes markup in any of them."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from agent.replying.reply import reply
from agent.sharing.records import read_records
from agent.state import ANSWERED, ASKED, Answer, Message, Turn
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
from core.data import Schema
from core.dialogue import Reply, Request
from core.errors import UserError
from core.explanations import Instances, Prediction
from core.faithfulness import NOT_APPLICABLE, Faithfulness
from core.languages import clean, complete
from tests.attacks import attacks
from tests.toys import Additive, instance
from ui.export.markdown import escape, fenced, written
from ui.exports import FORMATS, export

SCHEMA = Additive.schema
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
ATTACKS = tuple(attack for attack in attacks() if len(attack) < 300)
MARKS = (
    "# head", "1. one", "12) twelve", "- list", "+ list", "* list", "a *b* _c_ **d**", "[a](javascript:alert(1))", "![i](x)", "~~a~~",
    "a | b\n--- | ---\n1 | 2", "    code", "```\nfence", "a\n===", "a\n---", "$x$ \\(a\\) $$y$$", "&lt;b&gt;", "> quote", "`tick`",
    "<b>bold</b>", "<!-- c -->", "[ref]: http://a.b", "www.a.b http://a.b x@y.z", "\\", "a  \nb", "***", "| a |", "\\begin{x}",
)  # fmt: skip
fragments = st.one_of(st.sampled_from(MARKS), st.sampled_from(ATTACKS), st.text(max_size=10))
texts = st.lists(fragments, min_size=1, max_size=4).map("\n".join)


def every_block(said: str) -> tuple[Block, ...]:
    """One block of each kind with this text in every place."""
    table = Rows((said, "b"), ((said, "1"),), said)
    heat = Heat((HeatToken(said, " ", 0.5), HeatToken("x", "", -0.2)), said, (said, said), said, said)
    bars = Plot((Bar(said, 0.5, said),), 1.0, said)
    chart = Chart(
        (0.0, 1.0),
        (said, "b"),
        (Line(said, (0.1, 0.9)), Line(said, (0.2, 0.8), (0.1, 0.1))),
        0.0,
        1.0,
        (said,) * 3,
        said,
    )
    return (
        Text(said), chart, heat, Beside((heat,), (heat,)), Diff((DiffPart("removed", said), DiffPart("added", said)), said), bars, table,
        Badge("good", said, (Text(said), table), said), Choices((said,), (said,), said), Fold(said, (Text(said), table, bars, heat)),
        Code(said, said), Notice("note", said),
    )  # fmt: skip


def turn(said: str, operation: str = "predict", dataset: str = "reviews") -> Turn:
    request = Request(operation, ids=(), custom=(("text", said),), dataset=dataset, model="e5-small")
    made = Prediction(instance(said), ("positive", "negative"), (0.75, 0.25))
    answer = Answer(request, made, Faithfulness(NOT_APPLICABLE))
    return Turn(
        Message(said, fields=(("text", said),)), ANSWERED, Reply(every_block(said), "en", said), answers=(answer,)
    )


def made(format: str, turns: list[Turn], language: str = "en") -> str:
    return export(format, turns, language, lambda _: SCHEMA)[1].decode("utf-8")


class Reader(HTMLParser):
    """Elements and text of a file, outside its style."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.text, self._skip = "", False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        self._skip = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._skip = False

    def handle_data(self, data: str) -> None:
        self.text += "" if self._skip else data


HARMLESS = {
    "article", "bdi", "body", "caption", "circle", "code", "del", "details", "div", "figcaption", "figure", "h1",
    "head", "header", "html", "ins", "line", "main", "meta", "p", "path", "polygon", "polyline", "pre", "span", "style",
    "summary", "svg", "table", "tbody", "td", "text", "th", "thead", "title", "tr",
}  # fmt: skip


def test_every_kind_of_block_is_tried() -> None:
    assert {type(block) for block in every_block("x")} == set(get_args(Block))


@settings(max_examples=10, deadline=None)
@given(texts)
def test_html_is_of_harmless_elements_and_keeps_the_text(said: str) -> None:
    page = Reader(made("html", [turn(said)]))
    assert set(page.tags) <= HARMLESS
    assert not [
        name for name in page.attributes if name.startswith("on") or name in ("href", "src", "srcset", "action")
    ]
    assert page.text.count(_text(said)) >= 12


def _text(said: str) -> str:
    """The text as HTML can carry it: a browser reads every line end alike, and UTF-8 has no lone surrogates."""
    return said.encode("utf-8", "replace").decode()


def test_html_needs_nothing_from_elsewhere() -> None:
    file = html.unescape(made("html", [turn("plain")]))
    assert "default-src 'none'" in file and "<script" not in file and "prefers-color-scheme: dark" in file
    outside = re.findall(r"(?:url\(|@import|https?://)[^\s;]*", file)
    assert outside == []


@settings(max_examples=40, deadline=None)
@given(texts)
def test_markdown_of_a_text_reads_as_the_text(said: str) -> None:
    tokens = MARKDOWN.parse(escape(said))
    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}
    inner = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in inner} <= {"text", "text_special", "hardbreak", "softbreak"}
    read = "".join(child.content or "\n" * (child.type == "hardbreak") for child in inner)
    lines = [line.strip() for line in clean(said).splitlines()]
    assert read == "\n".join(line for line in lines if line)


@settings(max_examples=10, deadline=None)
@example("\r=1+1")
@given(texts)
def test_markdown_of_every_block_holds_no_markup_of_the_user(said: str) -> None:
    ours = {
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "strong",
        "em",
        "blockquote",
        "paragraph",
        "fence",
        "inline",
        "text",
    }
    for block in every_block(said):
        tokens = MARKDOWN.parse(written(block))
        kinds = {re.sub("_(open|close)$", "", token.type) for token in tokens}
        assert kinds <= ours, block
        inner = {re.sub("_(open|close)$", "", child.type) for token in tokens for child in token.children or ()}
        assert inner <= {"text", "text_special", "hardbreak", "softbreak", "strong", "em"}, block
        if isinstance(block, Code):
            lines = re.sub(
                "\r\n?", "\n", clean(said)
            ).rstrip()  # a reader of Markdown takes every line end for the same
            assert [token.content.rstrip() for token in tokens if token.type == "fence"] == [lines]


def test_a_fence_is_longer_than_any_in_the_code() -> None:
    assert fenced("```\na\n`````", "sh") == "``````sh\n```\na\n`````\n``````"


@pytest.mark.parametrize("language", complete())
def test_the_notebook_is_one_that_jupyter_reads(language: str) -> None:
    """nbformat 4.5: what its JSON schema requires of a notebook and its cells."""
    clarified = Turn(Message("Warum?"), ASKED, Reply((Text("Welcher Text?"), Choices(("3",), ("show where id = 3",)))))
    turns = [turn("plain"), turn("mine", dataset="upload:my films.csv"), clarified, turn("past", operation="history")]
    book = json.loads(made("notebook", turns, language))
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5) and book["metadata"]["kernelspec"]["name"] == "python3"
    assert set(book) == {"cells", "metadata", "nbformat", "nbformat_minor"}
    ids = [cell["id"] for cell in book["cells"]]
    assert len(set(ids)) == len(ids) and all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", one) for one in ids)
    for cell in book["cells"]:
        more = {"execution_count", "outputs"} if cell["cell_type"] == "code" else set()
        assert set(cell) == {"id", "cell_type", "metadata", "source"} | more
        assert all(isinstance(line, str) for line in cell["source"])
        assert all(line.endswith("\n") for line in cell["source"][:-1])
    kinds = "".join(cell["cell_type"][0] for cell in book["cells"])
    assert kinds == "mc" + "mcm" + "mcm" + "mm" + "mm", "what cannot be asked again has no code"
    assert "my films.csv" in json.dumps(book["cells"][5], ensure_ascii=False), "a file that is needed is said"


@settings(max_examples=10, deadline=None)
@given(texts)
def test_the_notebook_s_code_is_code_and_its_text_is_text(said: str) -> None:
    book = json.loads(made("notebook", [turn(said)]))
    programs = ["".join(cell["source"]) for cell in book["cells"] if cell["cell_type"] == "code"]
    space: dict[str, object] = {}
    exec("\n".join(programs).replace("polylens = Polylens()", "").partition("print(")[0], space)
    assert space["request"].custom == (("text", said.encode("utf-8", "replace").decode()),)  # type: ignore[attr-defined]


def test_json_lines_are_records() -> None:
    turns = [turn("one"), Turn(Message("Why?"), ASKED, Reply((Text("Which?"),))), turn("two\nlines \u2028 here")]
    kept = read_records(made("jsonl", turns))
    assert [one.answers for one in kept] == [turns[0].answers, turns[2].answers]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("language", complete())
def test_every_format_in_every_language(format: str, language: str) -> None:
    answer = Answer(
        Request("show", ids=(0,), dataset="reviews"),
        Instances((replace(instance("a"), id=0),), 1),
        Faithfulness(NOT_APPLICABLE),
    )
    said = Turn(Message("Zeig 0"), ANSWERED, reply((answer,), SCHEMA, language), answers=(answer,))
    name, content = export(format, [said], language, lambda _: None)
    assert re.fullmatch(rf"polylens-\d{{4}}-\d\d-\d\d\.{FORMATS[format].ending}", name)
    assert "Zeig 0" in content.decode()


def test_an_empty_conversation_and_an_unknown_format() -> None:
    for format in FORMATS:
        assert isinstance(export(format, [], "en", lambda _: SCHEMA)[1], bytes)
    with pytest.raises(UserError) as refused:
        export("docx", [], "en", lambda _: SCHEMA)
    assert refused.value.kind == "unknown_choice"


def test_lone_surrogates_are_no_text_but_stop_nothing() -> None:
    for format in FORMATS:
        file = export(format, [turn("left \ud800 right")], "en", lambda _: SCHEMA)[1].decode("utf-8")
        assert "left" in file and "right" in file


def test_a_text_that_no_address_could_hold_is_saved_with_the_rest() -> None:
    """Neither a link nor a command: the program, the answer and the record hold it."""
    short, long = "Great film.", "Great film. " * 9_000
    answer = Answer(
        Request("predict", custom=(("text", long),), dataset="reviews", model="e5-small"),
        Prediction(instance(short), ("positive", "negative"), (0.75, 0.25)),
        Faithfulness(NOT_APPLICABLE),
    )
    said = Turn(Message(short, dataset="reviews"), ANSWERED, Reply((Text("Positive."),), "en"), answers=(answer,))
    for format in FORMATS:
        file = made(format, [said, turn("plain")])
        assert "Positive." in file and file.count("jobs ask --request") <= 1


def test_labels_are_in_the_words_of_the_data_that_each_question_was_about() -> None:
    schema = Schema("claims", ("text",), ("supported",), label_words=(("supported", (("de", "belegt"),)),))
    request = Request("counterfactual", (("label", "supported"),), custom=(("text", "x"),), dataset="claims")
    answer = Answer(request, Prediction(instance("x"), ("a", "b"), (0.5, 0.5)), Faithfulness(NOT_APPLICABLE))
    said = Turn(Message("?", dataset="claims"), ANSWERED, Reply((), "de"), answers=(answer,))
    known = {"claims": schema, "reviews": SCHEMA}
    assert "belegt" in export("html", [said, turn("plain")], "de", known.get)[1].decode()
