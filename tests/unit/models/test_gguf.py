"""GGUF files: a tiny Llama that the test writes, and the plain folder made of it."""

import json

import gguf
import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers import modeling_gguf_pytorch_utils as reader

from core.errors import UserError
from core.progress import Progress
from models.catalog import find
from models.weights.folders import model_folder
from models.weights.gguf import convert_gguf

HIDDEN, INNER, HEADS = 32, 64, 2
TOKENS = ["<pad>", "<s>", "</s>", *map(chr, range(0x21, 0x7F)), "Ġ", "Ġa", "Ġg", "oo"]
MERGES = ["Ġ a", "Ġ g", "o o"]


def write_gguf(path, tied=True):
    """Matrices in 8-bit blocks, vectors in fp32."""
    generator = np.random.default_rng(0)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(64)
    writer.add_embedding_length(HIDDEN)
    writer.add_block_count(1)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(10000.0)
    writer.add_rope_dimension_count(HIDDEN // HEADS)
    writer.add_vocab_size(len(TOKENS))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(TOKENS)
    writer.add_token_types([3, 3, 3, *[1] * (len(TOKENS) - 3)])
    writer.add_token_merges(MERGES)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_pad_token_id(0)
    shapes = {"token_embd": (len(TOKENS), HIDDEN)} | ({} if tied else {"output": (len(TOKENS), HIDDEN)})
    shapes |= {f"blk.0.attn_{part}": (HIDDEN, HIDDEN) for part in ("q", "k", "v", "output")}
    shapes |= {"blk.0.ffn_gate": (INNER, HIDDEN), "blk.0.ffn_up": (INNER, HIDDEN), "blk.0.ffn_down": (HIDDEN, INNER)}
    for name, shape in shapes.items():
        values = generator.normal(scale=0.3, size=shape).astype(np.float32)
        kind = gguf.GGMLQuantizationType.Q8_0
        writer.add_tensor(f"{name}.weight", gguf.quants.quantize(values, kind), raw_dtype=kind)
    for name in ("blk.0.attn_norm", "blk.0.ffn_norm", "output_norm"):
        writer.add_tensor(f"{name}.weight", generator.uniform(0.5, 1.5, HIDDEN).astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.mark.parametrize("tied", [True, False])
def test_the_folder_is_the_file(tmp_path, tied):
    packed = write_gguf(tmp_path / "tiny.gguf", tied)
    bar = reader.tqdm
    convert_gguf(packed, tmp_path / "plain")
    assert reader.tqdm is bar
    ids = torch.tensor([[1, 40, 41, 42]])
    direct = AutoModelForCausalLM.from_pretrained(tmp_path, gguf_file="tiny.gguf", dtype=torch.float32)
    plain = AutoModelForCausalLM.from_pretrained(tmp_path / "plain", dtype=torch.float32)
    assert torch.allclose(direct(input_ids=ids).logits, plain(input_ids=ids).logits, atol=2e-2)
    assert "quantization_config" not in json.loads((tmp_path / "plain" / "config.json").read_text())
    tensors = load_file(tmp_path / "plain" / "model.safetensors")
    assert ("lm_head.weight" in tensors) is (not tied)
    assert {tensor.dtype for tensor in tensors.values() if tensor.dim() > 1} == {torch.float16}
    tokenizer = AutoTokenizer.from_pretrained(tmp_path / "plain")
    assert tokenizer.convert_ids_to_tokens(tokenizer.encode(" a good", add_special_tokens=False)) == [
        "Ġa",
        "Ġg",
        "oo",
        "d",
    ]


def test_a_gguf_by_path_is_converted_once(settings, tmp_path):
    packed = write_gguf(tmp_path / "tiny.gguf")
    row, cache = find(f"file:{packed}"), settings.cache
    folder = model_folder(row, cache, Progress())
    assert folder == cache / row.key and (folder / "tokenizer.json").exists()
    before = (folder / "model.safetensors").stat().st_mtime_ns
    assert model_folder(row, cache, Progress()) == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == before


def test_another_file_is_refused(tmp_path):
    (tmp_path / "x.gguf").write_bytes(b"PK\x03\x04 no model")
    with pytest.raises(UserError, match="corrupt_model"):
        convert_gguf(tmp_path / "x.gguf", tmp_path / "plain")
