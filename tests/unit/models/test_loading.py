"""Loading: folders by name, damaged ones, memory, precision, and what several threads share."""

import errno
import json
import threading
from types import SimpleNamespace

import pytest
import torch

from core.errors import Stopped, UserError
from core.progress import Progress
from models.catalog import find
from models.classifier import EncoderClassifier
from models.loading import Models
from models.weights import memory, reading, room, store
from models.weights.reading import counted
from tests.tiny import LABELS, encoder_folder, instance, sequence_folder, tiny_dataset

DATA = tiny_dataset()


@pytest.fixture(scope="module")
def sequence(tmp_path_factory):
    return sequence_folder(tmp_path_factory.mktemp("sequence"))


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    return encoder_folder(tmp_path_factory.mktemp("encoder"))


def test_a_sequence_classifier_is_used_as_it_is(settings, sequence):
    model = Models(settings).explained(f"file:{sequence}", "fp32", DATA)
    assert isinstance(model, EncoderClassifier) and model.labels == LABELS
    assert not (settings.cache / "heads").exists()


def test_an_encoder_gets_a_head_once(settings, encoder):
    steps = []
    listen = Progress(lambda step, done: steps.append(step))
    models = Models(settings)
    model = models.explained(f"file:{encoder}", "fp32", DATA, listen)
    assert {"load", "train"} <= set(steps)
    assert models.explained(f"file:{encoder}", "fp32", DATA) is model
    steps.clear()
    again = Models(settings).explained(f"file:{encoder}", "fp32", DATA, listen)
    assert "train" not in steps
    rates = [one.predict([instance("great great box")])[0].probabilities for one in (again, model)]
    assert rates[0] == pytest.approx(rates[1], abs=1e-6)
    head = models.head(f"file:{encoder}", "fp32", DATA, Progress())
    assert head.card.overall.rate > 0.7


def test_bf16_is_fp32_rounded(settings, encoder):
    models = Models(settings)
    fp32, bf16 = (models.explained(f"file:{encoder}", kind, DATA) for kind in ("fp32", "bf16"))
    assert bf16.precision == "bf16" and bf16.network.model.dtype == torch.bfloat16
    assert bf16.embeddings(bf16.encode(instance("great Film"))).dtype == torch.float32
    pairs = zip(fp32.network.model.parameters(), bf16.network.model.parameters(), strict=True)
    assert all(torch.equal(one.to(torch.bfloat16), two) for one, two in pairs)


def test_who_needs_what_is_loaded_does_not_wait_for_what_is_fetched(settings, sequence, encoder, monkeypatch):
    models, go, heard = Models(settings), threading.Event(), []
    models.explained(f"file:{sequence}", "fp32", DATA)
    fetch = store.model_folder
    monkeypatch.setattr(store, "model_folder", lambda *given: go.wait(10) and fetch(*given))
    slow = threading.Thread(target=lambda: models.explained(f"file:{encoder}", "fp32", DATA))
    slow.start()
    assert models.explained(f"file:{sequence}", "fp32", tiny_dataset(30)).labels == LABELS
    waiting = Progress(lambda step, done: (heard.append(step), waiting.stop()))
    with pytest.raises(Stopped):
        models.explained(f"file:{encoder}", "fp32", DATA, waiting)
    assert slow.is_alive() and heard == ["load"]
    go.set()
    slow.join()


SHORTAGES = (MemoryError(), torch.OutOfMemoryError("CUDA"), RuntimeError("DefaultCPUAllocator: can't allocate memory"))


@pytest.mark.parametrize("error", [*SHORTAGES, OSError(errno.ENOMEM, "Cannot")])
def test_a_lack_of_memory_is_no_damage(settings, sequence, monkeypatch, error):
    def load(*_, **__):
        raise error

    monkeypatch.setitem(reading.LOADERS, "classifier", SimpleNamespace(from_pretrained=load))
    with pytest.raises(UserError, match="out_of_memory"):
        Models(settings).explained(f"file:{sequence}", "fp32", DATA)


def test_a_gguf_file_that_does_not_fit_in_memory_is_not_damaged(settings, tmp_path, monkeypatch):
    def load(*_, **__):
        raise RuntimeError("unable to mmap 400 bytes: Cannot allocate memory (12)")

    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    monkeypatch.setattr("models.weights.gguf.AutoTokenizer.from_pretrained", load)
    with pytest.raises(UserError, match="out_of_memory"):
        Models(settings).explained(f"file:{tmp_path / 'model.gguf'}", "fp32", DATA)


def damage_config(folder):
    (folder / "config.json").write_text("{")


def damage_nothing_known(folder):
    (folder / "config.json").write_text('{"model_type": "no-such-network"}')


def damage_weights(folder):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1000])


def damage_part(folder):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"num_hidden_layers": 4}))


def damage_shape(folder):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"intermediate_size": 8}))


def damage_tokenizer(folder):
    (folder / "tokenizer.json").write_text('{"model"')


def damage_missing(folder):
    (folder / "model.safetensors").unlink()


DAMAGES = [value for name, value in list(globals().items()) if name.startswith("damage_")]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_folder_is_said(settings, tmp_path, damage):
    folder = sequence_folder(tmp_path / "model")
    damage(folder)
    with pytest.raises(UserError, match="corrupt_model"):
        Models(settings).explained(f"file:{folder}", "fp32", DATA)


def test_a_damaged_gguf_is_said(settings, tmp_path):
    for content in (b"", b"GGUF", b"GGUF\x03\x00\x00\x00" + b"\xff" * 50):
        (tmp_path / "model.gguf").write_bytes(content)
        with pytest.raises(UserError, match="corrupt_model"):
            Models(settings).explained(f"file:{tmp_path / 'model.gguf'}", "fp32", DATA)


def test_names_and_precisions_that_do_not_exist(settings, sequence):
    models = Models(settings)
    with pytest.raises(UserError, match="unknown_model"):
        models.explained("e5-smal", "fp32", DATA)
    with pytest.raises(UserError, match="unknown_precision"):
        models.explained(f"file:{sequence}", "fp64", DATA)
    with pytest.raises(UserError, match="missing_capability"):
        models.generator(f"file:{sequence}", "fp32")
    with pytest.raises(UserError, match="no_head"):
        models.head(f"file:{sequence}", "fp32", DATA, Progress())


def test_what_does_not_fit_is_refused_before_loading(settings, sequence, monkeypatch):
    monkeypatch.setattr(room, "free_memory", lambda device: 100_000_000)
    loaded = []
    monkeypatch.setattr(store, "load_weights", lambda *given: loaded.append(given))
    monkeypatch.setattr(store, "model_folder", lambda *given: loaded.append(given))
    with pytest.raises(UserError, match="out_of_memory") as caught:
        Models(settings).explained("qwen3-8b", "bf16", DATA)
    assert caught.value.facts["name"] == "qwen3-8b" and not loaded
    monkeypatch.undo()
    monkeypatch.setattr(room, "free_memory", lambda device: 100_000_000)
    with pytest.raises(UserError, match="out_of_memory"):
        Models(settings).explained(f"file:{sequence}", "fp32", DATA)


def test_the_longest_unused_makes_way(settings, sequence, encoder, monkeypatch):
    models = Models(settings)
    names = f"file:{sequence}", f"file:{encoder}"
    first = models.explained(names[0], "fp32", DATA)
    need = memory.estimate_memory(find(names[1]).model_copy(update={"parameters": counted(encoder)}), "fp32")
    row = find(names[0])  # the other alone fits, with its counted parameters it does not
    monkeypatch.setattr(room, "free_memory", lambda device: need - models._store.loaded(row, "fp32"))
    models.explained(names[1], "fp32", DATA)
    monkeypatch.undo()
    again = models.explained(names[0], "fp32", DATA)
    assert again is not first, "it was given up and loaded anew"
    assert first.predict([instance("a film")]) == again.predict([instance("a film")]), "who holds it can go on"


def test_threads_share_one_model(settings, encoder):
    models, found = Models(settings), []
    work = [
        threading.Thread(target=lambda: found.append(models.explained(f"file:{encoder}", "fp32", DATA)))
        for _ in range(4)
    ]
    for one in work:
        one.start()
    for one in work:
        one.join()
    assert len(found) == 4 and len({id(one) for one in found}) == 1


def test_container_limits_count(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "_GROUP", tmp_path)
    assert memory._group_free() == 1 << 62
    (tmp_path / "memory.max").write_text("1000\n")
    (tmp_path / "memory.current").write_text("700\n")
    (tmp_path / "memory.stat").write_text("anon 300\ninactive_file 200\n")
    assert memory._group_free() == 500
    assert memory.free_memory(torch.device("cpu")) == 500
    (tmp_path / "memory.max").write_text("max\n")
    assert memory._group_free() == 1 << 62


def test_bf16_is_chosen_by_the_processor(tmp_path, monkeypatch):
    flags = tmp_path / "cpuinfo"
    monkeypatch.setattr(memory, "_CPU", flags)
    assert memory.precision_of("auto", torch.device("cpu")) == "fp32"
    flags.write_text("flags : avx2 avx512_bf16")
    assert memory.precision_of("auto", torch.device("cpu")) == "bf16"
