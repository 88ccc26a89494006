"""The catalogue: complete rows, names that are found, and names that are not."""

import os

import pytest
import torch
from pydantic import ValidationError

from core.errors import UserError
from models.catalog import Row, catalog, find
from models.weights.memory import NAMES, device_of, estimate_memory, free_memory, precision_of, refusal

SHIPPED = ("e5-small", "gemma-3-270m", "qwen-coder-0.5b", "qwen-coder-1.5b", "smollm2-135m")
every_row = pytest.mark.parametrize("row", catalog(), ids=lambda row: row.name)


@every_row
def test_rows_are_complete(row):
    assert row.title and row.licence and row.languages and row.parameters and row.download_mb
    if row.kind == "hub:":
        assert len(row.revision) == 40, "a hub row names a commit"
    else:
        assert row.note.split()[0] in ("blocks", "gguf", "gguf_bits"), "packaged weights are not the full ones"


def test_shipped_rows_are_there():
    assert set(SHIPPED) <= set(catalog().names())
    assert all(catalog()[name].kind == "pypi:" for name in SHIPPED)
    hub = [row for row in catalog() if row.kind == "hub:"]
    assert len([row for row in hub if row.family == "causal"]) >= 3 and any(row.family == "encoder" for row in hub)


def test_keys_are_folder_names():
    keys = [row.key for row in catalog()]
    assert len(set(keys)) == len(keys)
    for key in [*keys, find("hub:a/b@refs/pr/1").key]:
        assert "/" not in key and ":" not in key and key not in (".", "..")


@pytest.mark.parametrize(
    "name", ["e5-smal", "hub:../etc", "hub:nobody", "hub:a/b/c", "file:/does/not/exist", "", "E5 small"]
)
def test_unknown_names(name):
    with pytest.raises(UserError, match="unknown_model") as caught:
        find(name)
    assert caught.value.facts["nearest"] in catalog()


def test_the_nearest_is_named():
    with pytest.raises(UserError) as caught:
        find("e5-smal")
    assert caught.value.facts["nearest"] == "e5-small"


def test_hub_names():
    row = find("hub:org/tiny@v1")
    assert (row.kind, row.place, row.revision, row.family) == ("hub:", "org/tiny", "v1", "auto")
    assert find("hub:org/tiny").key != row.key
    known = catalog()["qwen3-0.6b"]
    assert find(known.source) == known, "a model of the catalogue is pinned, however it is named"
    assert find(f"{known.source}@main").revision == "main"


def test_file_names(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    row = find(f"file:{tmp_path}")
    assert (row.kind, row.format) == ("file:", "")
    os.utime(tmp_path / "config.json", (1, 1))
    assert find(f"file:{tmp_path}").revision != row.revision, "changed files are another model"
    packed = tmp_path / "model.gguf"
    packed.write_bytes(b"GGUF")
    assert find(f"file:{packed}").format == "gguf"
    with pytest.raises(UserError, match="unknown_model"):
        find(f"file:{tmp_path / 'config.json'}")


def test_a_row_must_say_how_to_check_it():
    with pytest.raises(ValidationError, match="sha256"):
        Row(name="x", title="x", source="pypi:x", packages=("x",), version="1", file="x", format="gguf")
    with pytest.raises(ValidationError):
        Row(name="x", title="x", source="https://example.org/x")


def test_memory_is_estimated():
    qwen = catalog()["qwen3-0.6b"]
    assert estimate_memory(qwen, "fp32") == int(qwen.parameters * 4 * 1.05) + 300_000_000
    assert estimate_memory(catalog()["qwen-coder-0.5b"], "bf16") == 1_400_000_000, "measured"
    assert estimate_memory(find("hub:org/tiny"), "fp32") == 0, "unknown"
    assert free_memory(device_of("cpu")) > 0


def test_a_refusal_names_what_fits():
    qwen = catalog()["qwen3-8b"]
    error = refusal(qwen, 17_000_000_000, 1_500_000_000, device_of("cpu"))
    assert error.kind == "out_of_memory"
    assert (error.facts["need"], error.facts["free"]) == ("17000", "1500")
    assert "qwen-coder-0.5b (bf16)" in error.facts["fits"] and "qwen-coder-0.5b (fp32)" not in error.facts["fits"]
    assert "e5" not in error.facts["fits"], "an encoder is no stand-in for a causal model"


def test_precision():
    cpu = device_of("cpu")
    assert precision_of("fp32", cpu) == "fp32" and precision_of("bf16", cpu) == "bf16"
    assert precision_of("auto", cpu) in ("fp32", "bf16")
    with pytest.raises(UserError, match="unknown_precision") as caught:
        precision_of("fp8", cpu)
    assert caught.value.facts["known"] == ", ".join(sorted(NAMES))
    with pytest.raises(UserError, match="unknown_choice"):
        device_of("abacus")


@pytest.mark.parametrize("name", ["cuda", "cuda:1", "mps", "meta"])
def test_a_device_that_is_not_here_is_said(name, monkeypatch):
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(UserError, match="unknown_choice") as caught:
        device_of(name)
    assert caught.value.facts["known"] == "auto, cpu"
    assert str(device_of(name, here=False)) == name, "a job may be planned for another machine"
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    assert str(device_of("auto")) == str(device_of("cuda")) == "cuda"
    with pytest.raises(UserError, match="unknown_choice"):
        device_of("cuda:1")


def test_a_folders_checkpoints_are_a_part_of_its_revision(tmp_path):
    (tmp_path / "checkpoint-3").mkdir()
    (tmp_path / "config.json").write_text("{}")
    found = [find(f"file:{tmp_path}").revision]
    for name in ("optimizer.pt", "model.safetensors", "trainer_state.json"):
        (tmp_path / "checkpoint-3" / name).write_text("new")
        found.append(find(f"file:{tmp_path}").revision)
    assert found[0] == found[1] and len(set(found)) == 3, "what nobody reads changes nothing"


def test_the_name_of_a_folder_in_the_cache_fits_every_disk(tmp_path):
    folder = tmp_path / ("సమీక్ష" * 12)
    folder.mkdir()
    assert find(f"file:{folder}").key.isascii()
