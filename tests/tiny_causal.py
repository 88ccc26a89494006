"""Tiny causal models: real transformers classes under 100,000 parameters, and byte-level tokenizers trained on the spot."""

from __future__ import annotations

from collections.abc import Callable

import torch
from tokenizers import Tokenizer, decoders, pre_tokenizers, processors, trainers
from tokenizers.models import BPE
from transformers import (
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen2ForCausalLM,
)

from core.data import Dataset, Instance, Schema
from models.catalog import Row

CORPUS = [
    "Classify the sentiment of the review as negative, neutral or positive.",
    "The battery was empty and nobody answered. What a lovely film, I would watch it again!",
    "Der Akku war nach zwei Tagen leer und niemand hat geantwortet. Ein wunderbarer Film.",
    "supported, refuted, not supported, not enough information; Claim: Evidence: Text: Label: negative positive neutral",
    "నమస్కారం, సినిమా బాగుంది. 电池没电了，没人回答。 Батарея села 👍",
] * 4
MARKS = ["<pad>", "<s>", "<|im_start|>", "<|im_end|>"]
CHAT = (
    "{% for turn in messages %}<|im_start|>{{ turn.role }}\n{{ turn.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
CHAT_WITHOUT_SYSTEM = "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}" + CHAT
FAMILIES = ("qwen2", "gemma3", "llama")
WINDOW = 12  # of Gemma's sliding layers: shorter than any prompt here, so that the prefix's cache is cut


ROW = Row(name="tiny", title="Tiny", source="hub:polylens/tiny", family="causal")


def tiny_tokenizer(chat: str = "", opening: bool = False) -> PreTrainedTokenizerFast:
    """A byte-level BPE of 420 tokens; with `opening` it puts <s> before every text."""
    inner = Tokenizer(BPE())
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    inner.train_from_iterator(
        CORPUS, trainers.BpeTrainer(vocab_size=420, initial_alphabet=alphabet, special_tokens=MARKS)
    )
    if opening:
        inner.post_processor = processors.TemplateProcessing("<s> $A", special_tokens=[("<s>", 1)])
    made = PreTrainedTokenizerFast(tokenizer_object=inner, pad_token="<pad>", bos_token="<s>", eos_token="<|im_end|>")
    made.add_special_tokens({"additional_special_tokens": ["<|im_start|>"]})
    made.chat_template = chat or None
    return made


def tiny_causal(family: str, seed: int = 0) -> PreTrainedModel:
    """A model of 3 layers with random weights, large enough that every token matters."""
    torch.manual_seed(seed)
    sizes = {
        "vocab_size": 420,
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 512,
        "initializer_range": 0.3,
        "pad_token_id": None,  # a padding row is all zeros, and a baseline of zeros has no direction to be normalised
        "bos_token_id": 1,
        "eos_token_id": 3,
    }
    made = _FAMILIES[family](sizes)
    if sum(tensor.numel() for tensor in made.parameters()) >= 100_000:
        raise ValueError(f"{family} is not tiny: a misspelt size is ignored in silence")
    return made.eval()


def _gemma3(sizes: dict[str, object]) -> PreTrainedModel:
    layers = ["sliding_attention", "full_attention", "sliding_attention"]
    config = Gemma3TextConfig(**sizes, head_dim=8, sliding_window=WINDOW, layer_types=layers, query_pre_attn_scalar=8)
    return Gemma3ForCausalLM(config)


_FAMILIES: dict[str, Callable[[dict[str, object]], PreTrainedModel]] = {
    "qwen2": lambda sizes: Qwen2ForCausalLM(Qwen2Config(**sizes, tie_word_embeddings=False)),
    "gemma3": _gemma3,
    "llama": lambda sizes: LlamaForCausalLM(LlamaConfig(**sizes)),
}

REVIEWS = Schema("reviews", ("text",), ("negative", "neutral", "positive"))
CLAIMS = Schema("claims", ("claim", "evidence"), ("supported", "not supported", "not enough information"))


def tiny_dataset(schema: Schema = REVIEWS) -> Dataset:
    """Four training rows a label and language (en, de, te), and a test row a label."""
    openings = {"en": "The battery", "de": "Der Akku", "te": "సినిమా"}
    rows: list[Instance] = []
    for split, count in (("train", 4), ("test", 1)):
        for language, opening in openings.items():
            for label in schema.labels:
                for number in range(count):
                    said = f"{opening} {label} {'again ' * number}{split}."
                    fields = tuple((field, f"{said} {field}") for field in schema.fields)
                    rows.append(Instance(fields, len(rows), label, language, split))
    return Dataset(schema, tuple(rows))
