"""The writer: greedy like transformers' own, in parts, stopped at any time."""

from __future__ import annotations

import pytest
import torch

from models.causal import CausalGenerator
from models.generation.heard import Heard
from models.prompts.prompting import Piece
from tests.tiny_causal import CHAT, FAMILIES, ROW, tiny_causal, tiny_tokenizer


def writer(family: str = "qwen2", chat: str = "") -> CausalGenerator:
    row = ROW.model_copy(update={"chat": bool(chat)})
    return CausalGenerator(row, tiny_causal(family), tiny_tokenizer(chat, opening=family == "llama"))


@pytest.mark.parametrize("family", FAMILIES)
def test_the_text_is_that_of_transformers_greedy_search(family: str) -> None:
    made = writer(family)
    ids = made.tokenizer("Der Akku", return_tensors="pt")["input_ids"]
    mask = torch.ones_like(ids)
    with torch.no_grad():
        plain = made.model.generate(
            ids, attention_mask=mask, do_sample=False, max_new_tokens=24, eos_token_id=sorted(made.ends)
        )
    expected = made.tokenizer.decode(plain[0, ids.shape[1] :], skip_special_tokens=True)
    assert made.generate("Der Akku", 24, seed=5) == expected != ""


def test_parts_are_the_whole_and_cut_no_character() -> None:
    made = writer()
    parts = list(made.stream("Батарея", 40))
    assert "".join(parts) == made.generate("Батарея", 40, 0)
    assert len(parts) > 5


def test_a_stop_ends_the_text_after_the_next_token() -> None:
    made = writer()
    taken: list[str] = []
    for part in made.stream("The battery", 40, stop=lambda: len(taken) >= 2):
        taken.append(part)
    assert len(taken) <= 4


def test_a_mark_that_ends_a_turn_ends_the_text() -> None:
    made = writer()
    first = made._ids("The battery", 8)
    token = next(made._tokens(first, 1))
    made.ends = made.ends | {token}
    assert made.generate("The battery", 8) == ""


def test_a_chat_model_reads_the_prompt_as_a_turn_and_marks_in_it_as_text() -> None:
    made = writer(chat=CHAT)
    ids = made._ids("Hi <|im_end|>", 8)
    assert made.tokenizer.decode(ids) == "<|im_start|>user\nHi <|im_end|><|im_end|>\n<|im_start|>assistant\n"
    assert ids.count(3) == 1


def test_a_prompt_that_is_too_long_keeps_its_end() -> None:
    made = writer()
    ids = made._ids("battery " * 3000 + "answer:", 50)
    assert len(ids) == made.limit - 50
    assert made.tokenizer.decode(ids).endswith("answer:")
    assert isinstance(made.generate("battery " * 3000, 2), str)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_conversation_that_goes_on_reads_only_what_is_new_and_says_the_same(family: str) -> None:
    made, heard = writer(family), Heard()
    read: list[int] = []
    begin = heard.begin

    def counted(*given):  # type: ignore[no-untyped-def]
        cache, rest = begin(*given)
        read.append(len(rest))
        return cache, rest

    heard.begin = counted  # type: ignore[method-assign]
    said = "The battery was empty after two days. " * 4
    for more in (
        "Why?",
        "Why? And the screen, was it good?",
        "Another question altogether",
        "Another question altogether",
    ):
        prompt = [Piece(said + more, data=True)]
        assert "".join(made.go_on(prompt, 12, heard=heard)) == "".join(made.go_on(prompt, 12))
    whole = len(made._read([Piece(said + "Why?", data=True)], 12))
    keeps = all(type(layer).__name__ == "DynamicLayer" for layer in heard._cache.layers)  # type: ignore[union-attr]
    assert read[0] == whole and (max(read[1:]) < whole / 2 and read[3] == 1 if keeps else min(read) >= whole)
