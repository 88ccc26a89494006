"""Every operation has words, sample questions that are queries of its own, and a parse row."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.languages import complete
from core.operation import OPERATIONS, Operation
from core.settings import ROOT
from core.words import words
from parsers.notation.canonical import read, write

WORDS = sorted((ROOT / "operations").glob("*.toml"))
PARSES = ROOT / "tests" / "data" / "parses.jsonl"


@pytest.mark.parametrize("one", list(OPERATIONS), ids=lambda one: one.name)
def test_words_stand_beside_the_code(one: Operation) -> None:
    assert one.path.with_suffix(".toml").exists(), f"operation `{one.name}` has no words: operations/{one.name}.toml"
    assert one.about.endswith("."), "the docstring's first line is the operation's description"


@pytest.mark.parametrize("path", WORDS, ids=lambda path: path.stem)
@pytest.mark.parametrize("language", complete())
def test_sample_questions_are_queries_of_the_operation(path: Path, language: str) -> None:
    asks = words(path).tables[language]["ask"]
    assert len(asks) >= 3, f"[{language}] of {path.name} has {len(asks)} sample questions"
    for ask in asks:
        parse = read(ask["query"])
        assert [call.operation for call in parse.calls] == [path.stem]
        assert write(parse) == ask["query"], "a sample query is written canonically"
        for span in parse.custom:
            assert span.text in ask["text"], f"the text of the query stands in the question: {ask['text']}"


@pytest.mark.parametrize("path", WORDS, ids=lambda path: path.stem)
def test_every_operation_has_a_parse_row(path: Path) -> None:
    rows = [json.loads(line) for line in PARSES.read_text("utf-8").splitlines()]
    named = {call.operation for row in rows for call in read(row["parse"]).calls}
    assert path.stem in named, f"operation `{path.stem}` has no row in tests/data/parses.jsonl"
