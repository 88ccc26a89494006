"""Room for models: a ceiling for all that are in use, who makes way for whom, and what is counted until it is gone."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from core.errors import UserError
from core.settings import Settings
from models import loading
from models.catalog import catalog
from models.loading import Models
from models.weights import room
from models.weights.memory import UNPACKING, estimate_memory, peak_memory
from tests.fine_tuning import NOUNS, fine_tuned_folder, rows_of, tuned
from tests.tiny import encoder_folder, instance, sequence_folder, tiny_dataset

DATA = tiny_dataset()
TEXT = [instance("a film")]
HOPELESS = "qwen3-8b"


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Three models: about 300 MB each, as they are reckoned."""
    root = tmp_path_factory.mktemp("models")
    folders = [sequence_folder(root / "one"), sequence_folder(root / "two"), encoder_folder(root / "three")]
    return [f"file:{folder}" for folder in folders]


def under(settings: Settings, ceiling: int) -> Models:
    """Models that take at most so many megabytes."""
    return Models(settings.model_copy(update={"memory_mb": ceiling}))


def here(models: Models, names: list[str]) -> list[bool]:
    """Which of them are in memory."""
    return [models.loaded(name, "fp32") for name in names]


def test_under_a_ceiling_one_makes_way_for_the_next_and_who_holds_it_goes_on(
    settings: Settings, names: list[str]
) -> None:
    models = under(settings, 450)
    made = models.explained(names[0], "fp32", DATA).predict(TEXT)
    assert models.explained(names[1], "fp32", DATA).predict(TEXT)
    assert here(models, names) == [False, True, False]
    assert models.explained(names[0], "fp32", DATA).predict(TEXT) == made


def test_what_is_in_use_counts_until_it_is_let_go(settings: Settings, names: list[str]) -> None:
    models = under(settings, 450)
    first = models.explained(names[0], "fp32", DATA)
    with pytest.raises(UserError, match="out_of_memory"):
        models.explained(names[1], "fp32", DATA)
    assert first.predict(TEXT)
    del first
    assert models.explained(names[1], "fp32", DATA).predict(TEXT)


def test_for_a_model_that_can_never_fit_nobody_makes_way(settings: Settings, names: list[str]) -> None:
    models = under(settings, 700)
    for name in names[:2]:
        models.explained(name, "fp32", DATA)
    with pytest.raises(UserError, match="out_of_memory") as caught:
        models.explained(HOPELESS, "bf16", DATA)
    assert here(models, names) == [True, True, False]
    assert 690 <= int(caught.value.facts["free"]) <= 700, "what could be had, so that the models named with it do fit"


def test_who_was_asked_last_stays(settings: Settings, names: list[str]) -> None:
    models = under(settings, 700)
    for name in (*names[:2], names[0], names[2]):
        models.explained(name, "fp32", DATA)
    assert here(models, names) == [True, False, True]


def test_the_sentence_encoder_stays(settings: Settings, names: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "SENTENCES", names[2])
    models = under(settings, 700)
    models.encoder()
    for name in names[:2]:
        models.explained(name, "fp32", DATA)
    assert here(models, names) == [False, True, True]


def test_nothing_is_counted_of_what_is_gone(settings: Settings, names: list[str]) -> None:
    models = under(settings, 2000)
    held = [models.explained(name, "fp32", DATA) for name in names]
    counted = models._store._room
    assert 900 <= counted.used / 1e6 <= 910
    for name in list(models._store._loaded):
        models._store._drop(name)
    assert 900 <= counted.used / 1e6 <= 910, "somebody holds them"
    held.clear()
    gc.collect()
    assert counted.used == 0


def test_checkpoints_count(settings: Settings, tmp_path: Path) -> None:
    folder = fine_tuned_folder(tmp_path / "run", tuned(rows_of(NOUNS)))
    models = under(settings, 450)
    stage = models.explained(f"file:{folder}", "fp32", DATA).stages[0]
    with pytest.raises(UserError, match="out_of_memory"):
        _ = stage.model
    assert models.loaded(f"file:{folder}", "fp32"), "it does not make way for its own past"
    models = under(settings, 700)
    model = models.explained(f"file:{folder}", "fp32", DATA)
    assert model.stages[0].model.predict(TEXT) and models._store._room.used > 600_000_000


def test_the_machine_sets_a_ceiling_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "free_memory", lambda device: 5_000_000)
    assert room.Room(loading.device_of("cpu"), 100).free == room.Room(loading.device_of("cpu")).free == 5_000_000


def test_loading_takes_more_than_the_loaded_model() -> None:
    row, writer = catalog()[HOPELESS], catalog()["qwen-coder-1.5b"]
    assert peak_memory(row, "bf16") == estimate_memory(row, "bf16")
    for name in ("quanto-int4", "torchao-int8"):
        assert peak_memory(row, name) == 4 * row.parameters > 2 * estimate_memory(row, name) / 1.1
    assert (
        peak_memory(writer, "bf16", packed=True) == int(UNPACKING * writer.parameters) > estimate_memory(writer, "bf16")
    )
