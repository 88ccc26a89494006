"""The tuned reader on a tiny encoder: what it reads with after training, and that a run that was cut off ends the same."""

from pathlib import Path

import pytest
import torch

from core.errors import UserError
from models.encoder import PREFIX, Encoder
from parsers.tuned.augmentation import Frames
from parsers.tuned.averaging import averaged
from parsers.tuned.compact import Compact, input_ranges
from parsers.tuned.lessons import Lesson, batches, classes_of
from parsers.tuned.network import Tuned, load_tuned
from parsers.tuned.trainer import Trainer
from tests.tiny import tiny_encoder

STEPS = 4
FACTS = {"seed": "3"}
LESSONS = [
    Lesson(f"{lead} {text}", target, span, "en")
    for lead, target in (("why is the film", "attribute"), ("show me the film", "show"), ("how sure", "likelihood"))
    for text, span in (("good", None), ("bad", None), ("good and cheap", (len(lead) + 1, len(lead) + 15)))
]


@pytest.fixture(autouse=True)
def _one_frozen_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parsers.tuned.network.FROZEN", 1)  # the tiny encoder has three layers


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return tiny_encoder()


def trained(encoder: Encoder, first: int = 0, steps: int = STEPS, checkpoint: Path | None = None) -> Trainer:
    """A trainer after steps first+1 … steps of STEPS; from `checkpoint` where there is one."""
    trainer = Trainer(encoder, classes_of(LESSONS), seed=3, steps=STEPS)
    if checkpoint:
        assert trainer.resume(checkpoint, FACTS) == first
    for _, batch in batches(LESSONS, Frames(LESSONS), 3, first, steps):
        trainer.step(batch)
    return trainer


def ids_of(tuned: Tuned | Compact, text: str) -> torch.Tensor:
    return torch.tensor(tuned.tokenizer(PREFIX + text)["input_ids"])


def test_a_training_that_was_cut_off_ends_the_same(encoder: Encoder, tmp_path: Path) -> None:
    whole = trained(encoder).tuned.learned()
    trained(encoder, steps=2).checkpoint(tmp_path / "run.checkpoint", FACTS)
    resumed = trained(encoder, first=2, checkpoint=tmp_path / "run.checkpoint").tuned.learned()
    assert whole.keys() == resumed.keys()
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)
    other = Trainer(encoder, classes_of(LESSONS), seed=3, steps=STEPS)
    assert other.resume(tmp_path / "run.checkpoint", FACTS | {"seed": "4"}) == 0  # of other settings: begun anew
    fresh = other.tuned.learned()
    assert any(not torch.equal(whole[name], fresh[name]) for name in whole)


def test_the_mean_of_trainings_adds_the_mean_of_their_products(encoder: Encoder, tmp_path: Path) -> None:
    paths = [tmp_path / f"{steps}.safetensors" for steps in (2, STEPS)]
    for path, steps in zip(paths, (2, STEPS), strict=True):
        trained(encoder, steps=steps).finish(LESSONS, LESSONS, path, {"seed": "3"})
    first, second = (averaged([path]) for path in paths)
    both = averaged(paths)
    for name in [name for name in both if name.endswith(".up")]:
        down = name.removesuffix("up") + "down"
        one, other, mean = (found[name] @ found[down] for found in (first, second, both))
        assert torch.allclose(mean, (one + other) / 2, atol=1e-6) and not torch.allclose(one, other, atol=1e-6)
    assert torch.allclose(both["span.bias"], (first["span.bias"] + second["span.bias"]) / 2)
    trainer = Trainer(encoder, classes_of(LESSONS), seed=3, steps=STEPS)
    trainer.average(paths)
    trainer.finish(LESSONS, LESSONS, tmp_path / "mean.safetensors", {"seed": "3"})
    again = Trainer(encoder, classes_of(LESSONS), seed=3, steps=STEPS)
    again.start_from(tmp_path / "mean.safetensors")  # of twice the rank; a few rows are learned from there
    assert all(torch.allclose(again.tuned.learned()[name], both[name], atol=1e-3) for name in both if ".up" in name)
    assert again.step(LESSONS[:3]) > 0
    assert load_tuned(encoder, tmp_path / "mean.safetensors").classes == classes_of(LESSONS)


def test_adapters_of_other_classes_have_no_mean(encoder: Encoder, tmp_path: Path) -> None:
    paths = [tmp_path / "all.safetensors", tmp_path / "some.safetensors"]
    for path, lessons in zip(paths, (LESSONS, [one for one in LESSONS if one.target != "show"]), strict=True):
        Tuned(encoder, classes_of(lessons)).save(path, {})
    with pytest.raises(ValueError, match="same classes"):
        averaged(paths)


def test_compact_reads_like_the_network(encoder: Encoder, tmp_path: Path) -> None:
    trained(encoder).finish(LESSONS, LESSONS, tmp_path / "adapter.safetensors", {"seed": "3"})
    tuned = load_tuned(encoder, tmp_path / "adapter.safetensors")
    assert len(tuned.ranges) == 4 * len(tuned.network.encoder.layer)
    eight, tuned.ranges = Compact(tuned), {}
    plain = Compact(tuned)
    for text in ("why is the film good", "show", "how sure is the cheap film bad and good"):
        ids = ids_of(tuned, text)
        exact = tuned(ids[None], torch.ones_like(ids[None]))
        assert torch.allclose(plain(ids).operations, exact.operations, atol=1e-5)
        assert torch.allclose(plain(ids).spans, exact.spans, atol=1e-5)
        near = torch.nn.functional.cosine_similarity(eight(ids).vectors, exact.vectors)
        assert 0.98 < float(near) < 1.0  # below 1: eight bits were really used


def test_ranges_are_the_largest_inputs(encoder: Encoder) -> None:
    tuned = Tuned(encoder, ("one", "two"))
    messages = [ids_of(tuned, "good film"), ids_of(tuned, "bad")]
    found = input_ranges(tuned, messages)
    states = [tuned.network.embeddings(input_ids=ids[None])[0] for ids in messages]
    assert torch.equal(found["0.attend"], torch.cat(states).abs().amax(0))
    assert not any(module._forward_pre_hooks for module in tuned.network.modules())


def test_an_adapter_of_another_encoder_is_refused(encoder: Encoder, tmp_path: Path) -> None:
    tuned = Tuned(encoder, ("one", "two"))
    tuned.adapt()
    tuned.revision = "other"
    tuned.save(tmp_path / "adapter.safetensors", {})
    with pytest.raises(UserError, match="wrong_adapter"):
        load_tuned(encoder, tmp_path / "adapter.safetensors")


def test_an_encoder_of_another_precision_stays_as_it_is() -> None:
    encoder = tiny_encoder()
    encoder.model.to(torch.bfloat16)
    tuned = Tuned(encoder, ("attribute",))
    assert {part.dtype for part in encoder.model.parameters()} == {torch.bfloat16}
    assert {part.dtype for part in tuned.parameters()} == {torch.float32}


def test_the_reader_computes_on_the_processor_wherever_its_encoder_is(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = tiny_encoder()
    encoder.model.to("meta")  # stands in for a GPU, but cannot hand its numbers over
    monkeypatch.setattr(type(encoder.model), "to", lambda self, device, _: self.to_empty(device=device))
    tuned = Tuned(encoder, ("attribute",))
    tuned.adapt()
    tuned.merge()
    assert {part.device.type for part in (*tuned.parameters(), *tuned.buffers())} == {"cpu"}
    assert {part.device.type for part in encoder.model.parameters()} == {"meta"}


def test_embeddings_are_shared_where_they_need_no_change(encoder: Encoder) -> None:
    shared = encoder.model.embeddings.word_embeddings.weight
    assert Tuned(encoder, ("attribute",)).network.embeddings.word_embeddings.weight is shared
