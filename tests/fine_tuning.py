"""A tiny classifier that is really fine-tuned, step by step, and tuned again without single rows: the truth for influence."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertForSequenceClassification, PreTrainedModel, PreTrainedTokenizerFast

from core.data import Dataset, Instance
from tests.tiny import POSITIONS, SCHEMA, counted, folder_of

STEPS, KEPT = 9, (3, 6)  # full batches of gradient descent, and the steps whose weights are kept as checkpoints
RATE = 0.002  # gentle, as fine-tuning is: at ten times as much the truth itself jumps about
WORDS = {"negative": ("awful", "leer"), "neutral": ("plain", "zwei"), "positive": ("great", "wunderbarer")}
BEFORE, NOUNS, NEW = ("film", "book", "table"), ("box", "chair"), ("day", "night")
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def rows_of(nouns: Sequence[str], split: str = "train", first: int = 0) -> list[Instance]:
    """A row for each noun and each word that tells a label."""
    said = [(noun, label, word) for noun in nouns for label, words in WORDS.items() for word in words]
    return [
        Instance((("text", f"{word} {noun}"),), first + place, label, "en", split)
        for place, (noun, label, word) in enumerate(said)
    ]


def fine_tuning_data() -> Dataset:
    """Twelve training rows, and six test rows with nouns that the network never saw."""
    rows = rows_of(NOUNS)
    return Dataset(SCHEMA, (*rows, *rows_of(NEW, "test", len(rows))[::2]))


@cache
def tokenizer() -> PreTrainedTokenizerFast:
    """Whole words, always in the same order."""
    words = [*SPECIAL, *(word for said in WORDS.values() for word in said), *BEFORE, *NOUNS, *NEW]
    inner = Tokenizer(models.WordLevel({word: place for place, word in enumerate(words)}, unk_token="[UNK]"))
    inner.pre_tokenizer = pre_tokenizers.Whitespace()
    inner.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    names = ("pad", "unk", "cls", "sep", "mask")
    tokens = {f"{name}_token": mark for name, mark in zip(names, SPECIAL, strict=True)}
    return PreTrainedTokenizerFast(tokenizer_object=inner, model_max_length=POSITIONS, **tokens)


@cache
def before() -> PreTrainedModel:
    """A network of one layer that knows the words already, from other rows."""
    torch.manual_seed(3)
    names = dict(enumerate(SCHEMA.labels))
    config = BertConfig(
        vocab_size=len(tokenizer()),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=POSITIONS,
        initializer_range=0.1,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        id2label=names,
        label2id={name: place for place, name in names.items()},
    )
    model = counted(BertForSequenceClassification(config)).requires_grad_(True)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(20):
        optimizer.zero_grad()
        _loss(model, rows_of(BEFORE)).backward()
        optimizer.step()
    return model.requires_grad_(False)


def tuned(rows: Sequence[Instance]) -> list[PreTrainedModel]:
    """The network after each of KEPT and after all steps on the summed loss: leaving a row out takes only its loss away."""
    model = copy.deepcopy(before()).requires_grad_(True)
    optimizer = torch.optim.SGD(model.parameters())
    kept = []
    for step in range(1, STEPS + 1):
        optimizer.param_groups[0]["lr"] = rate(step)
        optimizer.zero_grad()
        _loss(model, rows).backward()
        optimizer.step()
        if step in (*KEPT, STEPS):
            kept.append(copy.deepcopy(model).requires_grad_(False))
    return kept


def rate(step: int) -> float:
    """The learning rate of a step: halved after the first checkpoint."""
    return RATE if step <= KEPT[0] else RATE / 2


def log_probability(model: PreTrainedModel, text: str, label: str) -> float:
    """log p(label | text)."""
    logits = model(**tokenizer()([text], return_tensors="pt")).logits[0]
    return float(logits.double().log_softmax(-1)[SCHEMA.labels.index(label)])


def fine_tuned_folder(folder: Path, kept: Sequence[PreTrainedModel]) -> Path:
    """The model in Hugging Face layout with its checkpoints beside it, as transformers' trainer leaves them."""
    for step, model in zip(KEPT, kept[:-1], strict=True):
        place = folder / f"checkpoint-{step}"
        model.save_pretrained(place)
        history = [{"step": one, "learning_rate": rate(one), "loss": 1.0} for one in range(1, step + 1)]
        (place / "trainer_state.json").write_text(json.dumps({"log_history": history}), "utf-8")
    return folder_of(kept[-1], tokenizer(), folder)


def _loss(model: PreTrainedModel, rows: Sequence[Instance]) -> torch.Tensor:
    read = tokenizer()([row.text for row in rows], padding=True, return_tensors="pt")
    answers = torch.tensor([SCHEMA.labels.index(row.label) for row in rows])
    return torch.nn.functional.cross_entropy(model(**read).logits, answers, reduction="sum")
