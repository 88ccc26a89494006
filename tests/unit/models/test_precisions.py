"""Precisions: rounding on paper, contracts over the registry on tiny models, the gradient check, and what is refused."""

from __future__ import annotations

import json
import shutil

import pytest
import torch

from core.errors import UserError
from core.progress import Progress
from explainers.base import attribute
from models import loading
from models.base import GRADIENTS
from models.catalog import catalog
from models.heads.networks import twin
from models.loading import Models
from models.quantization import precisions
from models.quantization.gradient_check import gradients_hold, slope_ratios
from models.quantization.precisions import PRECISIONS, check_checkpoint, quantized_by, runnable
from models.quantization.quantize import plain_parts, rounded, weight_bytes
from models.weights.memory import estimate_memory, precision_of
from models.weights.reading import load_weights
from tests.tiny import (
    encoder_folder,
    folder_of,
    instance,
    sequence_folder,
    tiny_classifier,
    tiny_dataset,
)
from tests.tiny_causal import CHAT, tiny_causal
from tests.tiny_causal import tiny_dataset as causal_dataset
from tests.tiny_causal import tiny_tokenizer as causal_tokenizer

DATA = tiny_dataset()
CPU = torch.device("cpu")
OPTIONAL = [one.name for one in PRECISIONS if one.extra and one.runs_on("cpu")]  # where their packages are installed
QUANTIZED = [one.name for one in PRECISIONS if one.quantized]
TEXT = instance("great awful Film plain book")


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    made = tmp_path_factory.mktemp("models")
    chat = causal_tokenizer(CHAT)
    return {
        "encoder": encoder_folder(made / "encoder"),
        "sequence": sequence_folder(made / "sequence"),
        "causal": folder_of(tiny_causal("llama"), chat, made / "causal"),
    }


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    from core.settings import Settings

    return Models(Settings(cache=tmp_path_factory.mktemp("cache")))


def test_rounding_on_paper():
    weight = torch.tensor([[7.0, -3.4, 0.4, 0.6], [0.0, 0.0, -2.0, 0.9]])
    four = rounded(weight, bits=4, group=4)  # scales 7 / 7 and 2 / 7: the second row holds multiples of 2 / 7
    assert torch.allclose(four, torch.tensor([[7.0, -3.0, 0.0, 1.0], [0.0, 0.0, -2.0, 6 / 7]]))
    two = rounded(weight, bits=2, group=2)  # a group keeps its largest; others stay only above half of it
    assert torch.allclose(two, torch.tensor([[7.0, 0.0, 0.6, 0.6], [0.0, 0.0, -2.0, 0.0]]))
    odd = rounded(weight[:, :3], bits=2, group=2)
    assert torch.allclose(odd[:, 2], torch.tensor([0.4, -2.0])), "the last group may be shorter"


def test_fewer_bits_are_further_off():
    weight = torch.randn(64, 96, generator=torch.Generator().manual_seed(0))
    errors = [float((rounded(weight, bits, 32) - weight).norm() / weight.norm()) for bits in (8, 4, 3, 2)]
    assert errors == sorted(errors) and errors[0] < 0.01 and errors[-1] > 0.3


@pytest.mark.parametrize("family", ["encoder", "sequence", "causal"])
@pytest.mark.parametrize("name", runnable(CPU))
def test_every_precision_explains_every_family(models, folders, family, name):
    data, text = (causal_dataset(), instance("The battery again")) if family == "causal" else (DATA, TEXT)
    model = models.explained(f"file:{folders[family]}", name, data)
    assert model.precision == name and sum(model.predict([text])[0].probabilities) == pytest.approx(1)
    if PRECISIONS[name].quantized:
        assert (GRADIENTS in model.capabilities) == gradients_hold(model, data.schema)
        assert PRECISIONS[name].about in dict(model.facts)["precision"]
    if name.startswith("rtn") and PRECISIONS[name].bits > 2:
        assert GRADIENTS in model.capabilities, "rounded weights are plain fp32 weights"
    made = attribute(model, text, "input_x_gradient", fallback=True)
    told = [key for key, _ in made.provenance.notes]
    assert ("fallback" in told) == (GRADIENTS not in model.capabilities)
    assert len(made.scores) == len(made.tokens)


def test_eight_bits_hardly_change_a_model_and_two_do(models, folders):
    name = f"file:{folders['sequence']}"
    rows = [instance(text) for text in ("great film", "awful box", "plain table, good chair")]
    logits = {
        kind: torch.stack(
            [
                one.scores(one.encode(row), torch.ones(1, len(one.encode(row).tokens), dtype=torch.bool))[0]
                for row in rows
            ]
        )
        for kind in ("fp32", "rtn8", "rtn4", "rtn2", "bnb-int8", "bnb-nf4")
        for one in [models.explained(name, kind, DATA)]
    }
    off = {kind: float((found - logits["fp32"]).norm() / logits["fp32"].norm()) for kind, found in logits.items()}
    assert 0 < off["rtn8"] < 0.05 and 0 < off["bnb-int8"] < 0.1
    assert off["rtn8"] < off["rtn4"] < off["rtn2"] and 0 < off["bnb-nf4"] < off["rtn2"]


@pytest.mark.parametrize("name", ["rtn4", "bnb-int8", "bnb-nf4"])
def test_embeddings_and_heads_stay(folders, name):
    row = precisions_row(folders["sequence"])
    full, _ = load_weights(row, folders["sequence"], "classifier", PRECISIONS["fp32"], CPU)
    made, _ = load_weights(row, folders["sequence"], "classifier", PRECISIONS[name], CPU)
    assert torch.equal(full.get_input_embeddings().weight, made.get_input_embeddings().weight)
    assert torch.equal(full.classifier.weight, made.classifier.weight)
    changed = dict(made.named_modules())["bert.encoder.layer.0.attention.self.query"].weight
    before = full.bert.encoder.layer[0].attention.self.query.weight
    assert changed.shape != before.shape or not torch.equal(changed.float(), before)
    assert (weight_bytes(made) < weight_bytes(full)) == name.startswith("bnb")


def precisions_row(folder):
    from models.catalog import find

    return find(f"file:{folder}")


@pytest.mark.parametrize("name", ["bnb-int8", "bnb-nf4", *OPTIONAL])
def test_twins_of_quantized_models_share_their_weights(folders, name):
    made, _ = load_weights(precisions_row(folders["encoder"]), folders["encoder"], "encoder", PRECISIONS[name], CPU)
    others = [twin(made), twin(made)]
    inputs = torch.randn(1, 5, 16, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        found = [one(inputs_embeds=inputs).last_hidden_state for one in (others[1], made, others[0])]
    assert torch.equal(found[0], found[1]) and torch.equal(found[1], found[2])
    parts = [next(plain_parts(one.encoder.layer[0].attention.self.query.weight)) for one in (made, *others)]
    assert len({part.data_ptr() for part in parts}) == 1 and parts[0].data_ptr()


def test_a_quantized_encoder_keeps_the_head_of_the_full_one(models, folders):
    name = f"file:{folders['encoder']}"
    full, small = (models.explained(name, kind, DATA) for kind in ("fp32", "rtn2"))
    assert all(torch.equal(one, two) for one, two in zip(full.network.head, small.network.head, strict=True))
    row = DATA.split("train")[0]  # its full-precision features are kept, and must not answer for the quantized encoder
    asked = small.scores(small.encode(row), torch.ones(1, len(small.encode(row).tokens), dtype=torch.bool))
    assert small.predict([row])[0].probabilities == pytest.approx(asked.double().softmax(-1)[0].tolist(), abs=1e-5)
    assert small.predict([row]) != full.predict([row])
    assert "fp32" in dict(small.facts)["head"] and "rtn2" in dict(small.facts)["precision"]


class WrongGradients:
    """A tiny classifier whose gradients point elsewhere, as those of dynamic int8 do."""

    def __init__(self, wrong: str) -> None:
        self.inner, self.wrong = tiny_classifier(), wrong

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)

    def scores_of_embeddings(self, encoded, embeddings):
        if not embeddings.requires_grad:
            return self.inner.scores_of_embeddings(encoded, embeddings)
        if self.wrong == "raises":
            raise RuntimeError("derivative is not implemented")
        if self.wrong == "none":
            return self.inner.scores_of_embeddings(encoded, embeddings.detach()) + 0 * embeddings.sum()
        mixed = embeddings.flip(-1) if self.wrong == "elsewhere" else embeddings * 2
        return self.inner.scores_of_embeddings(encoded, mixed - mixed.detach() + embeddings.detach())


@pytest.mark.parametrize("wrong", ["raises", "none", "elsewhere", "twice"])
def test_wrong_gradients_are_found_out(wrong):
    assert gradients_hold(tiny_classifier(), tiny_classifier().schema)
    assert not gradients_hold(WrongGradients(wrong), tiny_classifier().schema)


def test_true_gradients_have_a_slope_ratio_of_one():
    model = tiny_classifier()
    assert slope_ratios(model, model.encode(TEXT))[0] == pytest.approx(1, abs=0.01)


def test_without_gradients_the_chat_falls_back_aloud(settings, folders, monkeypatch):
    monkeypatch.setattr(loading, "gradients_hold", lambda model, schema: False)
    model = Models(settings).explained(f"file:{folders['sequence']}", "rtn4", DATA)
    assert GRADIENTS not in model.capabilities
    made = attribute(model, TEXT, "integrated_gradients", fallback=True)
    facts = dict(dict(made.provenance.notes)["fallback"])
    assert facts["capability"] == "gradients" and made.method == facts["used"] != "integrated_gradients"
    with pytest.raises(UserError, match="missing_for_method"):
        attribute(model, TEXT, "integrated_gradients")


def test_what_a_machine_cannot_do_is_said_with_what_would(monkeypatch):
    with pytest.raises(UserError, match="precision_needs") as caught:
        precision_of("bnb-nf4", torch.device("mps"))
    assert "rtn4" in caught.value.facts["fits"] and "bnb" not in caught.value.facts["fits"]
    monkeypatch.setattr(precisions, "find_spec", lambda name: None)
    with pytest.raises(UserError, match="precision_needs") as caught:
        precision_of("bnb-int8", CPU)
    assert "bitsandbytes" in caught.value.facts["needs"] and "rtn8" in caught.value.facts["fits"]


def test_memory_counts_what_is_never_quantized():
    small = catalog()["e5-small"]
    full, eight, four = (estimate_memory(small, kind) for kind in ("fp32", "bnb-int8", "bnb-nf4"))
    assert four < eight < full
    tables, rest = 96_211_968, 117_653_760 - 96_211_968
    assert eight == int(int(rest * 1.01 + tables * 4) * 1.05) + 300_000_000
    assert estimate_memory(small, "rtn4") == full, "rounded weights are kept in fp32"


def test_the_sentence_encoder_is_never_quantized(settings, monkeypatch):
    asked = []
    models = Models(settings.model_copy(update={"precision": "rtn2"}))
    monkeypatch.setattr(models._store, "get", lambda row, kind, progress: asked.append(kind))
    with pytest.raises(AttributeError):
        models.encoder(Progress())
    assert asked == ["fp32"]


@pytest.mark.parametrize("name", OPTIONAL)
def test_optional_back_ends_quantize_what_the_others_do(folders, name):
    row = precisions_row(folders["sequence"])
    full, _ = load_weights(row, folders["sequence"], "classifier", PRECISIONS["fp32"], CPU)
    made, _ = load_weights(row, folders["sequence"], "classifier", PRECISIONS[name], CPU)
    assert torch.equal(full.get_input_embeddings().weight, made.get_input_embeddings().weight)
    assert torch.equal(full.classifier.weight, made.classifier.weight)
    assert 0.2 < weight_bytes(made) / weight_bytes(full) < 0.95
    found = [one(torch.tensor([[2, 7, 8, 3]])).logits for one in (full, made)]
    assert 0 < float((found[0] - found[1]).norm() / found[0].norm()) < (0.05 if PRECISIONS[name].bits == 8 else 1)


def test_an_extra_that_is_missing_is_named(monkeypatch):
    monkeypatch.setattr(precisions, "find_spec", lambda name: None)
    for name, extra in (("quanto-int8", "quanto"), ("quanto-int4", "quanto"), ("torchao-int8", "torchao")):
        with pytest.raises(UserError, match="missing_extra") as caught:
            precision_of(name, CPU)
        assert caught.value.facts["extra"] == extra and caught.value.facts["what"] == name
        assert name not in runnable(CPU)


GPTQ = {"quant_method": "gptq", "bits": 4, "group_size": 128}
SETTINGS = [
    (None, ""),
    (GPTQ, "gptq4"),
    (GPTQ | {"bits": 8}, "gptq8"),
    ({"quant_method": "awq", "w_bit": 4}, "awq4"),
    ({"quant_method": "bitsandbytes", "load_in_8bit": True}, "bnb-int8"),
    ({"quant_method": "bitsandbytes", "load_in_4bit": True, "bnb_4bit_quant_type": "nf4"}, "bnb-nf4"),
    ({"quant_method": "mxfp4"}, "mxfp4"),
]


@pytest.mark.parametrize(("settings", "name"), SETTINGS)
def test_a_checkpoint_s_config_names_its_precision(settings, name):
    assert quantized_by(settings) == name


def test_a_checkpoint_keeps_its_own_precision(monkeypatch):
    full, eight = PRECISIONS["fp32"], PRECISIONS["bnb-int8"]
    assert check_checkpoint("one", "", full, CPU) is full
    assert check_checkpoint("one", "bnb-int8", full, CPU) is eight, "what its files say, not what was asked"
    assert check_checkpoint("one", "bnb-int8", eight, CPU) is eight
    for found, wanted, kind in (
        ("bnb-int8", "rtn4", "already_quantized"),
        ("", "gptq4", "not_quantized"),
        ("gptq4", "fp32", "checkpoint_needs"),
        ("mxfp4", "fp32", "checkpoint_needs"),
    ):
        with pytest.raises(UserError, match=kind):
            check_checkpoint("one", found, PRECISIONS[wanted], CPU)


def test_a_gptq_checkpoint_says_what_hardware_it_needs(settings, folders, tmp_path):
    folder = tmp_path / "gptq"
    shutil.copytree(folders["causal"], folder)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"quantization_config": GPTQ}))
    with pytest.raises(UserError, match="checkpoint_needs") as caught:
        Models(settings).explained(f"file:{folder}", "auto", causal_dataset())
    assert caught.value.facts["needs"] == "cuda, gptqmodel" and caught.value.facts["found"] == "gptq4"
    with pytest.raises(UserError, match="precision_needs"):
        precision_of("awq4", CPU)
