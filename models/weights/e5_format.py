"""Reader of the packed 4-bit file of multilingual-e5-small: written out once as a folder in Hugging Face layout."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram
from transformers import BertConfig, PreTrainedTokenizerFast

from core.errors import UserError

MAGIC = b"E5S1"
BLOCK = 32  # weights that share one scale
PACKED = np.dtype([("scale", "<f2"), ("nibbles", "u1", (BLOCK // 2,))])
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")

# SentencePiece's nmt_nfkc: control characters go, invisible separators are spaces, and the fullwidth tilde is kept as it is.
CONTROLS = r"[\x00-\x08\x0b\x0e-\x1f\x7f\x{8f}\x{9f}]"
SPACES = r"[\t\n\f\r\x{1680}\x{200b}-\x{200f}\x{2028}\x{2029}\x{2581}\x{feff}\x{fffd}]"
TILDE, STAND_IN = "\uff5e", "\ue000"

NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


class Cursor:
    """Reads little-endian numbers one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, layout: str) -> tuple[int, ...]:
        """The numbers of a struct layout."""
        found = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return found

    def array(self, kind: str, count: int) -> np.ndarray:
        """`count` numbers of a numpy type."""
        found = np.frombuffer(self.data, kind, count, self.at)
        self.at += found.nbytes
        return found

    def raw(self, length: int) -> bytes:
        """`length` bytes."""
        found = self.data[self.at : self.at + length]
        self.at += length
        return found


@dataclass(frozen=True)
class Header:
    """Sizes of the network, in the order of the file."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int


def convert_e5(source: Path, folder: Path) -> None:
    """Write config, weights and tokenizer of `source` into `folder`. Raises UserError("corrupt_model")."""
    try:
        data = source.read_bytes()
        cursor = Cursor(data)
        header = _header(cursor)
        tokenizer = _tokenizer(cursor, header)
        tensors = _tensors(cursor, header)
    except (struct.error, ValueError, IndexError, KeyError) as error:
        raise UserError("corrupt_model", name=source.name, path=source) from error
    folder.mkdir(parents=True, exist_ok=True)
    _config(header).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def _header(cursor: Cursor) -> Header:
    if cursor.raw(4) != MAGIC:
        raise ValueError("wrong magic number")
    _version, *sizes = cursor.take("i7i")
    cursor.take("fi")  # epsilon of the layer norms (1e-12, which BERT has anyway) and the block length
    return Header(*sizes)


def _config(header: Header) -> BertConfig:
    config = BertConfig(
        vocab_size=header.vocabulary,
        hidden_size=header.hidden,
        num_hidden_layers=header.layers,
        num_attention_heads=header.heads,
        intermediate_size=header.inner,
        max_position_embeddings=header.positions,
        type_vocab_size=header.types,
        pad_token_id=1,
    )
    config.architectures = ["BertModel"]
    return config


def _tokenizer(cursor: Cursor, header: Header) -> PreTrainedTokenizerFast:
    """XLM-R's Unigram tokenizer; ids are the pieces' places in the file."""
    count, _begin, _end, _pad, unknown, length = cursor.take("5iQ")
    offsets = cursor.array("<u4", count + 1)
    scores = cursor.array("<f4", count)
    blob = cursor.raw(length)
    cursor.take("i")
    cursor.raw(cursor.take("I")[0])  # the normalisation map: NFKC but for what CONTROLS, SPACES and TILDE say
    pieces = [
        (blob[start:end].decode(), float(score))
        for start, end, score in zip(offsets[:-1], offsets[1:], scores, strict=True)
    ]
    tokenizer = Tokenizer(Unigram(pieces, unk_id=unknown))
    tokenizer.normalizer = e5_normalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing("<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    begin, pad, end, unk = SPECIAL
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=header.positions,
        bos_token=begin,
        cls_token=begin,
        eos_token=end,
        sep_token=end,
        pad_token=pad,
        unk_token=unk,
        mask_token="<mask>",
    )


def e5_normalizer() -> normalizers.Normalizer:
    """nmt_nfkc out of plain parts, so that the tokenizer is one readable JSON file."""
    return normalizers.Sequence(
        [
            normalizers.Replace(Regex(CONTROLS), ""),
            normalizers.Replace(Regex(SPACES), " "),
            normalizers.Replace(TILDE, STAND_IN),
            normalizers.NFKC(),
            normalizers.Replace(STAND_IN, TILDE),
            normalizers.Replace(Regex(" {2,}"), " "),
            normalizers.Strip(),
        ]
    )


def _tensors(cursor: Cursor, header: Header) -> dict[str, torch.Tensor]:
    """All weights under their Hugging Face names; what was 4-bit is fp16, what was fp32 stays fp32."""
    found: dict[str, torch.Tensor] = {}
    for _ in range(cursor.take("i")[0]):
        short = cursor.raw(cursor.take("H")[0]).decode()
        kind, count, offset, _length = cursor.take("BIQQ")
        name = _name(short)
        flat = _unpack(cursor.data, offset, count) if kind == 1 else np.frombuffer(cursor.data, "<f4", count, offset)
        found[name] = torch.from_numpy(flat.reshape(_shape(name, flat.size, header)).copy())
    return found


def _unpack(data: bytes, offset: int, count: int) -> np.ndarray:
    """Weights [count] fp16 of blocks of 32: w = (q - 8) * scale; byte j holds weight j low and weight j + 16 high."""
    blocks = np.frombuffer(data, PACKED, count // BLOCK, offset)
    low, high = blocks["nibbles"] & 15, blocks["nibbles"] >> 4
    steps = np.concatenate([low, high], axis=1).astype(np.float16) - np.float16(8)
    unpacked: np.ndarray = (steps * blocks["scale"][:, None]).reshape(-1)
    return unpacked


def _name(short: str) -> str:
    """Their "l3.fi.w" is "encoder.layer.3.intermediate.dense.weight"."""
    if short in EMBEDDINGS:
        return EMBEDDINGS[short]
    layer, part, kind = short.split(".")
    return f"encoder.layer.{layer[1:]}.{NAMES[part]}.{'weight' if kind == 'w' else 'bias'}"


def _shape(name: str, size: int, header: Header) -> tuple[int, ...]:
    """Matrices are [out, in]; layer norms and biases are vectors."""
    if "LayerNorm" in name or name.endswith("bias"):
        return (size,)
    columns = header.inner if name.endswith("output.dense.weight") and "attention" not in name else header.hidden
    return (size // columns, columns)
