"""The grammar of queries: it accepts what is written and refuses what no message said; decoding keeps to it."""

from __future__ import annotations

import json

import pytest
import torch

from core.dialogue import Utterance
from core.domains import Choice
from core.operation import OPERATIONS
from core.settings import ROOT
from models.generation.grammar_decoder import GrammarWriter, accepts
from models.prompts.prompting import Piece
from parsers.notation.canonical import read, write
from parsers.notation.grammar import names_grammar, query_grammar, said_grammar
from parsers.notation.shapes import names
from parsers.prompting.sayable import pieces, said
from parsers.prompting.slot_values import values_of
from tests.parsing import CLAIMS, PARSES, REVIEWS
from tests.tiny_causal import FAMILIES
from tests.unit.models.test_generator import writer

OPEN = query_grammar(REVIEWS)


@pytest.mark.parametrize("row", PARSES, ids=[row["text"] for row in PARSES])
def test_every_row_is_in_the_grammar_and_in_that_of_what_its_message_says(row: dict[str, str]) -> None:
    query = read(row["parse"])
    message = said(Utterance(row["text"], row["lang"]), REVIEWS)
    assert accepts(OPEN, f" {write(query)}")
    assert accepts(said_grammar([call.operation for call in query.calls], message), f" {write(query)}\n")


def test_the_shipped_demonstrations_are_in_the_grammar() -> None:
    lines = (ROOT / "datasets" / "utterances" / "en.jsonl").read_text("utf-8").splitlines()[::40]
    refused = [row for row in map(json.loads, lines) if not accepts(OPEN, f" {write(read(row['parse']))}")]
    assert refused == []


@pytest.mark.parametrize(
    "query",
    [
        "predicts where id = 3",
        "predict where id = 3 or",
        "predict where  id = 3",
        "predict where id = three",
        "predict(k=3) where id = 3",
        "attribute(method=tea_leaves)",
        "attribute(k=0)",
        "attribute(k=1001)",
        "attribute(method=lime, k=3)",
        "attribute()",
        "attribute where label = negative",
        "score(metric=beauty)",
        "count where label = green",
        "count where words ~ 3",
        "count where (id = 3)",
        'count on "a text"',
        'predict on ""',
        'predict on "a "quoted" text"',
        "none; predict",
        "",
    ],
)
def test_what_is_no_query_is_refused(query: str) -> None:
    assert not accepts(OPEN, f" {query}")


@pytest.mark.parametrize(
    "query",
    [
        "count where not (label = negative and words > 3) or previous",
        "count where (id = 3 or id = 4) and not sents <= 2",
        "attribute(contrast=negative, k=1000, label=positive, method=lime)",
        "predict; likelihood; attribute(k=2) where id = 0",
        'predict on "a \\"quoted\\" text"',
    ],
)
def test_what_is_seldom_asked_is_accepted(query: str) -> None:
    assert write(read(query)) == query
    assert accepts(OPEN, f" {query}")


@pytest.mark.parametrize(
    ("query", "accepted"),
    [
        ("attribute(k=3) where id = 12", True),
        ("attribute(k=3) where id = 3", False),
        ("attribute(k=12) where id = 12", True),
        ("attribute where id = 5", False),
        ("attribute(method=lime)", True),
        ("attribute(method=occlusion)", False),
        ("attribute(label=negative)", True),
        ("attribute(label=positive)", False),
        ('attribute on "so bad"', True),
        ('attribute on "“so bad”!"', True),
        ('attribute on "so ba"', False),
        ('attribute on "bad so"', False),
        ('attribute on " "', False),
        ("predict", False),
    ],
)
def test_only_what_was_said(query: str, accepted: bool) -> None:
    message = said(Utterance("three words with LIME in 12, why is “so bad”! negative?"), REVIEWS)
    assert accepts(said_grammar(["attribute"], message), f" {query}") is accepted


@pytest.mark.parametrize(
    ("text", "query", "accepted"),
    [
        ("why id 91", 'attribute on "id 91"', False),
        ("why id 91", "attribute where id = 91", True),
        ("why 91", "attribute(k=91)", False),
        ("why never again", 'attribute on "never again"', True),
        ("为什么太慢了", 'attribute on "太慢了"', True),
        ("why “awful”", 'attribute on "awful"', True),
        ("top 3", "attribute(k=3)", True),
        ("top 3", "attribute where id = 3", False),
    ],
)
def test_ids_are_no_texts_and_no_counts(text: str, query: str, accepted: bool) -> None:
    assert accepts(said_grammar(["attribute"], said(Utterance(text), REVIEWS)), f" {query}") is accepted


def test_texts_of_a_form_are_not_copied() -> None:
    message = said(Utterance("which label?", fields=(("claim", "a"), ("evidence", "b"))), CLAIMS)
    assert not accepts(said_grammar(["predict"], message), ' predict on claim = "which", evidence = "label"')
    free = said(Utterance("claim: a, evidence: b"), CLAIMS)
    assert accepts(said_grammar(["predict"], free), ' predict on claim = "a", evidence = "b"')


def test_pieces_are_words_and_lose_nothing() -> None:
    text = 'Él dijo: "电池没电了" 12కి\n👍🏽 \ud800 \\'
    assert "".join(pieces(text)) == text
    assert pieces("电池 12కి 👍🏽!") == ["电", "池", " ", "12కి", " ", "👍🏽", "!"]


def test_slots_come_from_the_registry() -> None:
    domains = {slot.name: slot.domain for slot in OPERATIONS["attribute"].slots}
    granularity = domains["granularity"]
    assert isinstance(granularity, Choice)
    assert values_of("attribute", "granularity", REVIEWS).known == granularity.values
    assert values_of("counterfactual", "label", REVIEWS).known == REVIEWS.labels
    assert "count" in values_of("mistakes", "kind", REVIEWS).known


def test_names() -> None:
    assert all(accepts(names_grammar(), f" {name}") for name in names())
    assert accepts(names_grammar(), " predict; attribute\n")
    assert not accepts(names_grammar(), " predict; none")
    assert not accepts(names_grammar(several=False), " predict; attribute")


@pytest.mark.parametrize("family", FAMILIES)
def test_decoding_is_the_likeliest_token_that_is_allowed(family: str) -> None:
    made = writer(family)
    assert isinstance(made, GrammarWriter)
    prompt = (Piece("The battery was"),)
    grammar = 'start: (" empty" | " lovely" | " neutral") "!"?'
    said_ = made.write(prompt, grammar, 16)
    assert accepts(grammar, said_.text)
    ids = made._read(prompt, 16)
    with torch.no_grad():
        logits = made.model(input_ids=torch.tensor([ids])).logits[0, -1].float()
    mask = made._decoder.allowed(made._decoder._compiled(grammar).deep_copy())
    shares = logits.masked_fill(~mask, -torch.inf).softmax(-1)
    assert said_.choices[0][1] == pytest.approx(float(shares.max()), abs=1e-4)
    assert (
        made.tokenizer.decode([int(shares.argmax())])
        == said_.text[: len(made.tokenizer.decode([int(shares.argmax())]))]
    )
    assert sum(share for _, share in said_.rivals) + said_.choices[0][1] <= 1 + 1e-4


@pytest.mark.parametrize("family", FAMILIES)
def test_what_two_prompts_share_changes_nothing(family: str) -> None:
    prompts = [
        "The battery was empty and nobody answered. So it is",
        "The battery was empty and nobody answered. So it is not",
        "The battery",
        "Der Akku war leer",
    ]
    made = writer(family)
    kept = [made.write((Piece(text),), names_grammar(), 12) for text in prompts]
    for text, found in zip(prompts, kept, strict=True):
        alone = writer(family).write((Piece(text),), names_grammar(), 12)
        assert found.text == alone.text
        assert found.probability() == pytest.approx(alone.probability(), abs=1e-4)


def test_one_possible_text_costs_nothing_and_a_cut_text_is_accepted() -> None:
    made = writer()
    assert made.write((Piece("a"),), 'start: "predict"', 16).choices == ()
    cut = made.write((Piece("a"),), 'start: "a" /[bc]{40}/? "!"?', 5)
    assert accepts('start: "a" /[bc]{40}/? "!"?', cut.text)
    with pytest.raises(ValueError, match="no grammar"):
        made.write((Piece("a"),), "start: nowhere", 5)
