"""The packed e5 format: a file that the test packs itself, weight by weight, and what the reader makes of it."""

import struct
import unicodedata

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from tokenizers import normalizers
from transformers import AutoModel, AutoTokenizer

from core.errors import UserError
from models.weights.e5_format import BLOCK, convert_e5, e5_normalizer

HIDDEN, LAYERS, HEADS, INNER, POSITIONS = 32, 1, 2, 64, 24
PIECES = [
    ("<s>", 0.0),
    ("<pad>", 0.0),
    ("</s>", 0.0),
    ("<unk>", 0.0),
    ("▁", -2.0),
    ("▁good", -3.0),
    ("go", -4.0),
    ("od", -4.0),
]
PIECES += [("<mask>", 0.0)]
VOCABULARY = len(PIECES) + 3  # a network may have more rows than there are pieces
MATRICES = {"q": HIDDEN, "k": HIDDEN, "v": HIDDEN, "ao": HIDDEN, "fi": INNER, "fo": HIDDEN}


def packed_matrix(rows, columns, generator):
    """Bytes and values of a 4-bit matrix, written out in plain Python."""
    data, values = b"", []
    for _ in range(rows * columns // BLOCK):
        scale = float(np.float16(generator.uniform(0.01, 0.1)))
        quants = [int(one) for one in generator.integers(0, 16, BLOCK)]
        data += struct.pack("<e", scale) + bytes(quants[j] | quants[j + 16] << 4 for j in range(16))
        values += [(quant - 8) * scale for quant in quants]
    return data, np.array(values, np.float32).reshape(rows, columns)


def packed_file():
    """A whole file and its tensors by Hugging Face name."""
    generator = np.random.default_rng(0)
    tensors, wanted = [], {}

    def matrix(short, name, rows, columns):
        data, values = packed_matrix(rows, columns, generator)
        tensors.append((short, 1, rows * columns, data))
        wanted[name] = values

    def vector(short, name, *shape):
        values = generator.normal(size=shape).astype("<f4")
        tensors.append((short, 0, values.size, values.tobytes()))
        wanted[name] = values

    matrix("emb.word", "embeddings.word_embeddings.weight", VOCABULARY, HIDDEN)
    vector("emb.pos", "embeddings.position_embeddings.weight", POSITIONS, HIDDEN)
    vector("emb.type", "embeddings.token_type_embeddings.weight", 2, HIDDEN)
    for kind, name in (("w", "weight"), ("b", "bias")):
        vector(f"emb.ln.{kind}", f"embeddings.LayerNorm.{name}", HIDDEN)
    names = {
        "q": "attention.self.query",
        "k": "attention.self.key",
        "v": "attention.self.value",
        "ao": "attention.output.dense",
        "fi": "intermediate.dense",
        "fo": "output.dense",
    }
    for short, rows in MATRICES.items():
        matrix(f"l0.{short}.w", f"encoder.layer.0.{names[short]}.weight", rows, INNER if short == "fo" else HIDDEN)
        vector(f"l0.{short}.b", f"encoder.layer.0.{names[short]}.bias", rows)
    for short, name in (("aln", "attention.output.LayerNorm"), ("oln", "output.LayerNorm")):
        for kind, full in (("w", "weight"), ("b", "bias")):
            vector(f"l0.{short}.{kind}", f"encoder.layer.0.{name}.{full}", HIDDEN)
    return assembled(tensors), wanted


def assembled(tensors):
    head = b"E5S1" + struct.pack("<i7ifi", 1, HIDDEN, LAYERS, HEADS, INNER, VOCABULARY, POSITIONS, 2, 1e-12, BLOCK)
    blob = b"".join(piece.encode() for piece, _ in PIECES)
    offsets = np.cumsum([0, *(len(piece.encode()) for piece, _ in PIECES)]).astype("<u4").tobytes()
    scores = np.array([score for _, score in PIECES], "<f4").tobytes()
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob)) + offsets + scores + blob
    map_entry = struct.pack("<IBI", 0xA0, 1, 0x20)
    head += struct.pack("<iI", 1, len(map_entry)) + map_entry + struct.pack("<i", len(tensors))
    directory = sum(2 + len(short) + 21 for short, *_ in tensors)
    at, entries = len(head) + directory, b""
    for short, kind, count, data in tensors:
        entries += struct.pack("<H", len(short)) + short.encode() + struct.pack("<BIQQ", kind, count, at, len(data))
        at += len(data)
    return head + entries + b"".join(data for *_, data in tensors)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("e5")
    data, wanted = packed_file()
    (folder / "packed").write_bytes(data)
    convert_e5(folder / "packed", folder / "plain")
    return folder / "plain", wanted


def test_every_weight_comes_out(made):
    folder, wanted = made
    found = load_file(folder / "model.safetensors")
    assert set(found) == set(wanted)
    for name, values in wanted.items():
        assert found[name].shape == values.shape, name
        assert np.allclose(found[name].float().numpy(), values, rtol=2**-10, atol=1e-7), name
    assert {str(tensor.dtype) for tensor in found.values()} == {"torch.float16", "torch.float32"}


def test_it_is_a_bert(made):
    model, report = AutoModel.from_pretrained(
        made[0], add_pooling_layer=False, dtype=torch.float32, output_loading_info=True
    )
    assert not report["missing_keys"] and not report["unexpected_keys"]
    assert (model.config.num_hidden_layers, model.config.pad_token_id) == (LAYERS, 1)
    assert model(input_ids=torch.tensor([[0, 5, 2]])).last_hidden_state.shape == (1, 3, HIDDEN)


def test_the_tokenizer(made):
    tokenizer = AutoTokenizer.from_pretrained(made[0])
    assert tokenizer.convert_ids_to_tokens(tokenizer(" good  good ").input_ids) == ["<s>", "▁good", "▁good", "</s>"]
    assert tokenizer.convert_ids_to_tokens(tokenizer("goodgood").input_ids) == ["<s>", "▁good", "go", "od", "</s>"]
    assert (tokenizer.pad_token_id, tokenizer.mask_token_id, tokenizer.model_max_length) == (1, 8, POSITIONS)


@pytest.mark.parametrize("cut", [0, 3, 50, 200, 1000, -5])
def test_a_damaged_file_is_said(tmp_path, cut):
    data, _ = packed_file()
    (tmp_path / "packed").write_bytes(data[:cut])
    with pytest.raises(UserError, match="corrupt_model"):
        convert_e5(tmp_path / "packed", tmp_path / "plain")
    assert not (tmp_path / "plain").exists()


def test_another_format_is_said(tmp_path):
    (tmp_path / "packed").write_bytes(b"GGUF" + packed_file()[0][4:])
    with pytest.raises(UserError, match="corrupt_model"):
        convert_e5(tmp_path / "packed", tmp_path / "plain")


NORMAL = {
    "e\u0301": "é",
    "ﬁ ㎏ ①": "fi kg 1",
    "a\u200bb\u200dc\ufeffd": "a b c d",
    "a\t\n  b\u00a0\u3000c": "a b c",
    "a\x00\x07b": "ab",
    "～ ！": "～ !",
    "  x  ": "x",
    "▁x": "x",
}


@pytest.mark.parametrize(("text", "wanted"), NORMAL.items())
def test_normalizing(text, wanted):
    normalizer: normalizers.Normalizer = e5_normalizer()
    assert normalizer.normalize_str(text) == wanted


def test_letters_are_nfkc():
    normalizer = e5_normalizer()
    for char in map(chr, [*range(0x41, 0x250), *range(0x386, 0x500), *range(0xC05, 0xC60), *range(0x4E00, 0x4E80)]):
        if unicodedata.category(char)[0] == "L":
            assert normalizer.normalize_str(char) == unicodedata.normalize("NFKC", char)
