"""Tiny encoders: real transformers classes under 100,000 parameters, tokenizers trained on the spot, folders to load them from."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    BertModel,
    PreTrainedModel,
    PreTrainedTokenizerFast,
    RobertaConfig,
    RobertaForSequenceClassification,
)

from core.data import Dataset, Instance, Schema
from models.catalog import Row
from models.classifier import EncoderClassifier
from models.encoder import Encoder
from models.heads.input_reader import InputReader
from models.heads.networks import PooledNetwork, SequenceNetwork
from models.weights.e5_format import e5_normalizer

LIMIT = 100_000
POSITIONS = 64
LABELS = ("negative", "neutral", "positive")
CORPUS = [
    "query: The battery was empty and nobody answered. What a lovely film, I would watch it again! don't 3.14",
    "Der Akku war nach zwei Tagen leer und niemand hat geantwortet. Ein wunderbarer Film.",
    "నమస్కారం, సినిమా చాలా బాగుంది. 电池没电了，没人回答。很好看！ Батарея села, никто не ответил. สวัสดีครับ 👍",
    "good bad fine great awful plain book table chair box",
] * 4
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
SCHEMA = Schema("tiny", ("text",), LABELS)
PAIR = Schema("tiny-pair", ("claim", "evidence"), LABELS)


def tiny_tokenizer() -> PreTrainedTokenizerFast:
    """A Unigram of at most 400 pieces with the very pipeline of multilingual-e5."""
    inner = Tokenizer(models.Unigram())
    inner.normalizer = e5_normalizer()
    inner.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
    inner.decoder = decoders.Metaspace(prepend_scheme="always")
    trainer = trainers.UnigramTrainer(
        vocab_size=400,
        special_tokens=SPECIAL,
        unk_token="<unk>",
        initial_alphabet=list("abcdefghijklmnopqrstuvwxyz.,!?"),
    )
    inner.train_from_iterator(CORPUS, trainer)
    inner.post_processor = processors.TemplateProcessing(
        "<s> $A </s>", "<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=inner,
        model_max_length=POSITIONS,
        bos_token="<s>",
        cls_token="<s>",
        eos_token="</s>",
        sep_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        mask_token="<mask>",
    )


def wordpiece_tokenizer() -> PreTrainedTokenizerFast:
    """BERT's own pipeline: lower case, accents stripped, word pieces, [CLS] A [SEP] B [SEP]."""
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    inner = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    inner.normalizer = normalizers.BertNormalizer(lowercase=True)
    inner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    inner.train_from_iterator(CORPUS, trainers.WordPieceTrainer(vocab_size=400, special_tokens=marks))
    inner.post_processor = processors.TemplateProcessing(
        "[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    names = {"pad": 0, "unk": 1, "cls": 2, "sep": 3, "mask": 4}
    tokens = {f"{name}_token": marks[place] for name, place in names.items()}
    return PreTrainedTokenizerFast(tokenizer_object=inner, model_max_length=POSITIONS, **tokens)


def tiny_config(size: int, **more: object) -> BertConfig:
    """Three layers of width 16."""
    made = BertConfig(
        vocab_size=size,
        hidden_size=16,
        num_hidden_layers=3,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=POSITIONS,
        initializer_range=0.5,  # far from linear, so that mistakes show
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        **more,
    )
    return made


def counted(model: PreTrainedModel) -> PreTrainedModel:
    """The model, if it is tiny: a misspelt config field is ignored in silence and gives a full-size one."""
    size = sum(parameter.numel() for parameter in model.parameters())
    if size >= LIMIT:
        raise ValueError(f"{size} parameters are not tiny")
    return model.eval().requires_grad_(False)


def tiny_encoder() -> Encoder:
    """A BERT without pooling layer."""
    torch.manual_seed(0)
    tokenizer = tiny_tokenizer()
    model = counted(BertModel(tiny_config(len(tokenizer), pad_token_id=1), add_pooling_layer=False))
    return Encoder("tiny", "r0", model, tokenizer)


def tiny_sequence(kind: str = "bert") -> tuple[PreTrainedModel, PreTrainedTokenizerFast]:
    """A sequence classifier with the labels of SCHEMA in another order and in capitals."""
    torch.manual_seed(1)
    names = {0: "Positive", 1: "Negative", 2: "Neutral"}
    ids = {name: place for place, name in names.items()}
    if kind == "bert":
        tokenizer = wordpiece_tokenizer()
        config = tiny_config(len(tokenizer), pad_token_id=0, num_labels=3, id2label=names, label2id=ids)
        return counted(BertForSequenceClassification(config)), tokenizer
    tokenizer = tiny_tokenizer()
    facts = tiny_config(len(tokenizer)).to_dict()
    kept = {name: fact for name, fact in facts.items() if "size" in name or name.startswith(("num_h", "num_a"))}
    config = RobertaConfig(
        **kept | {"type_vocab_size": 1},
        initializer_range=0.5,
        max_position_embeddings=POSITIONS + 2,
        pad_token_id=1,
        id2label=names,
        label2id=ids,
    )
    return counted(RobertaForSequenceClassification(config)), tokenizer


def tiny_headed(layer: int = 2) -> EncoderClassifier:
    """The tiny encoder with a random head on one of its layers."""
    encoder = tiny_encoder()
    torch.manual_seed(2)
    network = PooledNetwork(encoder.model, layer, torch.randn(3, 16), torch.randn(3))
    reader = InputReader(encoder.tokenizer, encoder.limit, "query: ")
    return EncoderClassifier("tiny", "r0", "fp32", network, reader, SCHEMA, LABELS)


def tiny_classifier(kind: str = "bert", schema: Schema = SCHEMA) -> EncoderClassifier:
    """The tiny sequence classifier, its labels in the schema's order."""
    model, tokenizer = tiny_sequence(kind)
    network = SequenceNetwork(model, [1, 2, 0], tokenizer.sep_token_id)
    reader = InputReader(tokenizer, POSITIONS, pairs=True)
    return EncoderClassifier(f"tiny-{kind}", "r0", "fp32", network, reader, schema, LABELS)


TINY = {"headed": tiny_headed, "bert": tiny_classifier, "roberta": lambda: tiny_classifier("roberta")}


def instance(text: str, second: str | None = None) -> Instance:
    """A text of the user's own; with `second`, a claim and its evidence."""
    return Instance((("text", text),) if second is None else (("claim", text), ("evidence", second)))


def tiny_dataset(rows: int = 40) -> Dataset:
    """Two languages and three labels, told apart by one word each; `rows` a label, every fourth is test."""
    words = {"negative": ("awful", "leer"), "neutral": ("plain", "zwei"), "positive": ("great", "wunderbarer")}
    made: list[Instance] = []
    for number in range(rows):
        for label, said in words.items():
            word, noun = said[number % 2], ("Film", "book", "table", "Tagen", "box")[number % 5]
            fields = (("text", f"{word} {word} {noun} {word}"),)
            split = "test" if number // 2 % 4 == 0 else "train"
            made.append(Instance(fields, len(made), label, "de" if number % 2 else "en", split))
    return Dataset(SCHEMA, tuple(made))


def folder_of(model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, folder: Path) -> Path:
    """The model in Hugging Face layout."""
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def encoder_folder(folder: Path) -> Path:
    """The tiny encoder's folder."""
    encoder = tiny_encoder()
    return folder_of(encoder.model, encoder.tokenizer, folder)


def sequence_folder(folder: Path, kind: str = "bert") -> Path:
    """The tiny sequence classifier's folder."""
    return folder_of(*tiny_sequence(kind), folder)


def wheel(
    folder: Path, package: str, files: dict[str, bytes], version: str = "1.0.0", tag: str = "py3-none-any"
) -> Path:
    """A wheel that the package client accepts, with data files."""
    flat = package.replace("-", "_")
    info = f"{flat}-{version}.dist-info"
    path = folder / f"{flat}-{version}-{tag}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
        archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


def package_row(parts: list[bytes], **more: object) -> Row:
    """A row of packages tiny-part1, tiny-part2, … that carry `parts`."""
    facts: dict[str, object] = {
        "name": "tiny",
        "title": "Tiny",
        "source": "pypi:tiny",
        "packages": tuple(f"tiny-part{number}" for number in range(1, len(parts) + 1)),
        "version": "1.0.0",
        "file": "*/data/part*.bin",
        "sha256": hashlib.sha256(b"".join(parts)).hexdigest(),
        "format": "e5s1",
        "family": "encoder",
        "download_mb": 1,
    }
    return Row.model_validate(facts | more)


def wheelhouse(folder: Path, parts: list[bytes]) -> Path:
    """A folder with the wheels of `package_row(parts)`, for the package client's --find-links."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, part in enumerate(parts, 1):
        wheel(folder, f"tiny-part{number}", {f"tiny_part{number}/data/part{number:02}.bin": part})
    return folder
