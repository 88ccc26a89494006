"""Models from a hub: a stand-in on loopback, the real client, tiny models."""

import logging

import pytest
from huggingface_hub import constants
from huggingface_hub.utils import close_session

from core.errors import UserError
from core.progress import Progress
from core.settings import Settings
from models.catalog import find
from models.loading import Models
from models.weights.hub import chosen, fetch_hub
from tests.hub_stand_in import COMMIT, Hub, serving
from tests.tiny import LABELS, SCHEMA, encoder_folder, instance, sequence_folder, tiny_dataset

TEMPLATE = "/{repo_id}/resolve/{revision}/{filename}"


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("hub")
    sequence = sequence_folder(root / "sequence")
    (sequence / "modeling_evil.py").write_text("raise SystemExit")
    (sequence / "pytorch_model.bin").write_bytes(b"pickle")
    (sequence / "onnx").mkdir()
    (sequence / "onnx" / "model.safetensors").write_bytes(b"x")
    pickled = root / "pickled"
    pickled.mkdir()
    (pickled / "config.json").write_text("{}")
    (pickled / "pytorch_model.bin").write_bytes(b"pickle")
    return {"org/tiny": sequence, "org/encoder": encoder_folder(root / "encoder"), "org/pickled": pickled}


@pytest.fixture
def hub(folders, monkeypatch):
    with serving(Hub(folders)) as found:
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(constants, "ENDPOINT", found.address)
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", found.address + TEMPLATE)
        close_session()
        yield found
        close_session()


def test_a_sequence_classifier_from_the_hub(hub, settings, caplog):
    caplog.set_level(logging.INFO, "polylens")
    models = Models(settings)
    model = models.explained("hub:org/tiny", "fp32", tiny_dataset())
    assert (model.name, model.revision, model.labels) == ("hub:org/tiny", COMMIT, LABELS)
    assert model.schema == SCHEMA and dict(model.facts)["source"] == "hub:org/tiny"
    assert "Downloading org/tiny" in caplog.text
    assert sum(model.predict([instance("a lovely film")])[0].probabilities) == pytest.approx(1)
    fetched = {
        request.rsplit("/", 1)[-1] for request in hub.asked if request.startswith("GET") and "/resolve/" in request
    }
    assert fetched == {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"}
    assert not any("onnx" in request for request in hub.asked), "neither code nor pickles nor other frameworks"


def test_once_is_enough(hub, settings):
    Models(settings).explained("hub:org/tiny@v1", "fp32", tiny_dataset())
    hub.asked.clear()
    Models(settings).explained("hub:org/tiny@v1", "fp32", tiny_dataset())
    assert hub.asked == []


@pytest.mark.parametrize("content", ["", "{", "[]", '{"folder": 3}', '{"folder": "/nowhere"}'])
def test_a_note_that_was_cut_off_is_none(hub, settings, content):
    models, name = Models(settings), "hub:org/tiny@v1"
    models.explained(name, "fp32", tiny_dataset())
    marker = next((settings.cache / "models" / "hub").glob("*.json"))
    marker.write_text(content)
    assert not models.has(name)
    assert Models(settings).explained(name, "fp32", tiny_dataset()).labels == LABELS and models.has(name)


def test_an_encoder_from_the_hub_gets_a_head(hub, settings):
    model = Models(settings).explained("hub:org/encoder", "fp32", tiny_dataset())
    assert "head" in dict(model.facts) and model.labels == LABELS
    assert [path.suffix for path in (settings.cache / "heads").glob("*.json")] == [".json"]


@pytest.mark.parametrize("name", ["hub:org/nobody", "hub:org/tiny@nowhere"])
def test_what_is_not_there(hub, settings, name):
    with pytest.raises(UserError, match="unknown_model_source"):
        fetch_hub(find(name), settings.cache, Progress())


def test_pickles_are_refused(hub, settings):
    with pytest.raises(UserError, match="no_safetensors"):
        fetch_hub(find("hub:org/pickled"), settings.cache, Progress())


def test_no_network(hub, settings, monkeypatch):
    for name, at in (("ENDPOINT", ""), ("HUGGINGFACE_CO_URL_TEMPLATE", TEMPLATE)):
        monkeypatch.setattr(constants, name, "http://127.0.0.1:9" + at)
    with pytest.raises(UserError, match="no_network"):
        fetch_hub(find("hub:org/tiny"), settings.cache, Progress())


def test_a_broken_download_is_no_model(hub, settings):
    hub.broken = "tokenizer.json"
    with pytest.raises(UserError, match="no_network|fetch_failed|corrupt_model"):
        fetch_hub(find("hub:org/tiny"), settings.cache, Progress())
    assert not list(settings.cache.glob("*.json")), "only a whole folder is remembered"
    hub.broken = ""
    folder = fetch_hub(find("hub:org/tiny"), settings.cache, Progress())
    assert (folder / "tokenizer.json").stat().st_size == (
        hub.repositories["org/tiny"] / "tokenizer.json"
    ).stat().st_size


def test_which_files_are_worth_fetching():
    small = ["config.json", "tokenizer.json", "tokenizer.model", "vocab.txt", "merges.txt"]
    junk = ["model.bin", "x.py", "onnx/model.onnx", "README.md", "pytorch_model.bin", "tf_model.h5"]
    weights = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json"]
    assert set(chosen([*small, *junk, *weights, "m.Q8_0.gguf"], "x")) == {*small, *weights}
    packed = ["m.f16.gguf", "m.Q2_K.gguf", "m.Q4_K_M.gguf", "m.Q8_0.gguf"]
    assert set(chosen([*small, *packed], "x")) == {*small, "m.Q8_0.gguf"}
    assert chosen(["m.f16.gguf"], "x") == ["m.f16.gguf"]


def test_settings_are_their_own(tmp_path):
    assert Models(Settings(cache=tmp_path)).settings.cache == tmp_path
