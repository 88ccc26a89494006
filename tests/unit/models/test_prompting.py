"""Demonstrations and prompts: what is shown, in which words, in which turns, and that texts stay data."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from core.data import Dataset, Instance, Schema
from models.prompts.demonstrations import demonstrations
from models.prompts.prompt_tokens import prompt_tokens
from models.prompts.prompting import Piece, chat_prompt, instruction, plain_prompt
from models.prompts.text_tokens import TextTokens, fitted, locate
from tests.tiny_causal import CHAT, CHAT_WITHOUT_SYSTEM, CLAIMS, REVIEWS, tiny_dataset, tiny_tokenizer

ONE = Instance((("claim", "A cat."), ("evidence", "A dog.")), 1, "not supported")
TRIMMING = "{% for turn in messages %}{{ turn.content | upper }}{% endfor %}"


def said(pieces: tuple[Piece, ...]) -> str:
    return "".join(f"<{piece.field}>" if piece.field else piece.text for piece in pieces)


def test_demonstrations_are_balanced_over_labels_and_languages_and_from_the_train_split() -> None:
    shown = demonstrations(tiny_dataset(), 6, 0)
    assert Counter(one.label for one in shown) == dict.fromkeys(REVIEWS.labels, 2)
    assert Counter(one.language for one in shown) == {"en": 2, "de": 2, "te": 2}
    assert {one.split for one in shown} == {"train"}
    assert len(set(shown)) == 6


def test_demonstrations_are_short_fixed_by_the_seed_and_grow_at_their_end() -> None:
    data = tiny_dataset()
    assert demonstrations(data, 6, 3) == demonstrations(data, 6, 3) == demonstrations(data, 12, 3)[:6]
    assert any(demonstrations(data, 6, 3) != demonstrations(data, 6, seed) for seed in range(3))
    for one in demonstrations(data, 6, 3):
        alike = [row for row in data.split("train") if (row.label, row.language) == (one.label, one.language)]
        assert sum(len(row.text) < len(one.text) for row in alike) < 2  # of 4: the shortest third, rounded up


def test_a_label_without_rows_ends_the_demonstrations() -> None:
    rows = tuple(row for row in tiny_dataset().rows if row.label != "neutral")
    assert len(demonstrations(Dataset(REVIEWS, rows), 6, 0)) < 3
    assert demonstrations(Dataset(REVIEWS, ()), 6, 0) == ()


def test_a_plain_prompt_is_blocks_of_named_lines() -> None:
    prompt = plain_prompt(replace(CLAIMS, instruction="Decide."), [ONE])
    assert said(prompt.pieces) == (
        "Decide.\n\nClaim:\nA cat.\nEvidence:\nA dog.\nLabel: not supported\n\nClaim:\n<claim>\nEvidence:\n<evidence>\nLabel:"
    )
    assert prompt.answers == (" supported", " not supported", " not enough information")
    assert [piece.text for piece in prompt.pieces if piece.data] == ["A cat.", "A dog."]


def test_an_instruction_is_made_of_the_labels_where_nobody_wrote_one() -> None:
    assert instruction(REVIEWS) == "Classify the text as one of: negative, neutral, positive."


@pytest.mark.parametrize("template", [CHAT, CHAT_WITHOUT_SYSTEM])
def test_a_chat_prompt_shows_demonstrations_as_turns(template: str) -> None:
    prompt = chat_prompt(replace(CLAIMS, instruction="Decide."), [ONE], tiny_tokenizer(template))
    start = (
        "<|im_start|>system\nDecide.<|im_end|>\n<|im_start|>user\n"
        if template == CHAT
        else "<|im_start|>user\nDecide.\n\n"
    )
    assert said(prompt.pieces) == (
        start + "Claim:\nA cat.\nEvidence:\nA dog.<|im_end|>\n<|im_start|>assistant\nnot supported<|im_end|>\n"
        "<|im_start|>user\nClaim:\n<claim>\nEvidence:\n<evidence><|im_end|>\n<|im_start|>assistant\n"
    )
    assert prompt.answers == CLAIMS.labels
    assert prompt.end.startswith("<|im_end|>")


def test_a_template_that_changes_texts_is_not_used(caplog: pytest.LogCaptureFixture) -> None:
    tokenizer = tiny_tokenizer(TRIMMING)
    with pytest.raises(ValueError, match="template"):
        chat_prompt(REVIEWS, [], tokenizer)
    plain = prompt_tokens(tiny_dataset(), tokenizer, chat=True, seed=0, limit=256)
    assert plain.answers == prompt_tokens(tiny_dataset(), tokenizer, chat=False, seed=0, limit=256).answers
    assert "plain prompt" in caplog.text


def test_demonstrations_that_do_not_fit_are_left_out_by_whole_rounds() -> None:
    sizes = {limit: prompt_tokens(tiny_dataset(), tiny_tokenizer(), False, 0, limit) for limit in (2000, 200, 10)}
    assert [len(made.shown) for made in sizes.values()] == [6, 3, 0]
    assert sizes[200].fixed <= 200


def test_answers_are_tokenized_as_they_follow_the_cue() -> None:
    tokenizer = tiny_tokenizer(opening=True)
    made = prompt_tokens(tiny_dataset(), tokenizer, False, 0, 2000)
    assert tokenizer.decode(list(made.answers[0])) == " negative"
    assert made.prefix[0] == tokenizer.bos_token_id
    assert made.prefix.count(tokenizer.bos_token_id) == 1


def test_rest_and_prefix_are_the_prompt() -> None:
    tokenizer = tiny_tokenizer()
    made = prompt_tokens(tiny_dataset(), tokenizer, False, 0, 2000)
    rest = made.rest(Instance((("text", "good  film"),)), 100)
    whole = tokenizer.decode([*made.prefix, *rest.ids], skip_special_tokens=True)
    assert whole.endswith("\n\nText:\ngood  film\nLabel:")
    assert "".join(token.text for token in rest.tokens) == "goodfilm"


def test_marks_in_data_are_characters_and_in_words_of_ours_are_marks() -> None:
    text = TextTokens(tiny_tokenizer())
    said = "<|im_end|>" * 3 + "a<|im_start|><s>"
    assert not {id for id, _, _ in text.data(said)} & {0, 1, 2, 3}
    assert "".join(said[start:end] for _, start, end in text.data(said)) == said
    assert text.words("<|im_end|>") == [3]


def test_spans_share_a_character_that_is_cut_into_bytes() -> None:
    read = TextTokens(tiny_tokenizer()).data("a 𓀀b")
    spans = [(token.start, token.end) for token in locate("text", "a 𓀀b", read) if token]
    assert spans[0] == (0, 1) and spans[-1] == (3, 4)
    assert len(spans) > 3 and set(spans[1:-1]) == {(2, 3)}


@pytest.mark.parametrize(
    ("lengths", "room", "kept"),
    [([5, 3], 10, [5, 3]), ([9, 3], 6, [3, 3]), ([9, 1], 6, [5, 1]), ([4], 0, [0]), ([4], -1, [0])],
)
def test_the_longest_field_is_cut_first(lengths: list[int], room: int, kept: list[int]) -> None:
    assert fitted(lengths, room) == kept


def test_a_field_that_an_instance_lacks_is_empty() -> None:
    schema = Schema("pair", ("claim", "evidence"), ("yes", "no"))
    made = prompt_tokens(Dataset(schema, ()), tiny_tokenizer(), False, 0, 2000)
    assert {token.field for token in made.rest(Instance((("claim", "x"),)), 9).tokens} == {"claim"}
