"""Methods that draw at random, methods that follow layers, and units moved as a whole: against slow oracles and libraries."""

import itertools
import math

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge
from sklearn.metrics.pairwise import cosine_similarity

from core.progress import Progress
from explainers import gradients, kernel_shap, lime, shapley_sampling, smoothgrad
from explainers.base import EXPLAINERS, attribute, target_of
from explainers.perturbation import spread
from explainers.rollout import rollout
from models.base import LayerMaps
from models.heads.networks import twin
from tests.oracles import riemann, shapley
from tests.tiny import tiny_headed
from tests.toys import Additive, Network, Product, Saturating, instance

FEW = "very good quite dull film"
MANY = "very good quite dull film fine bad great awful music"


def run(model, text, method, seed=0):
    encoded = model.encode(instance(text))
    return EXPLAINERS[method].run(model, encoded, target_of(model, "positive", None), seed, Progress())


def exact(model, text):
    """Every subset of the words asked once, then the definition."""
    encoded = model.encode(instance(text))
    count = len(encoded.tokens)
    subsets = list(itertools.product((False, True), repeat=count))
    values = dict(zip(subsets, model.scores(encoded, torch.tensor(subsets))[:, 1].tolist(), strict=True))
    return shapley(lambda kept: values[tuple(unit in kept for unit in range(count))], count)


@pytest.mark.parametrize("toy", [Product, Saturating, Network])
def test_kernel_shap_of_few_words_is_exact(toy):
    assert list(run(toy(), FEW, "kernel_shap").scores) == pytest.approx(exact(toy(), FEW), abs=1e-5)


@pytest.mark.parametrize("method", ["kernel_shap", "shapley_sampling"])
def test_shapley_values_of_many_words_come_near_and_are_complete(method):
    model = Network()
    expected = exact(model, MANY)
    found = run(model, MANY, method)
    ends = sum(expected)
    assert sum(found.scores) == pytest.approx(ends, abs=1e-5)
    assert found.gap == pytest.approx(0, abs=1e-5)
    assert np.corrcoef(found.scores, expected)[0, 1] > 0.9


def test_shapley_sampling_of_four_words_takes_every_order():
    assert list(run(Network(), "very good dull film", "shapley_sampling").scores) == pytest.approx(
        exact(Network(), "very good dull film"), abs=1e-5
    )
    assert len(shapley_sampling.orders(4, 0)) == 24
    drawn = shapley_sampling.orders(9, 1)
    assert all(list(one) == list(other)[::-1] for one, other in zip(drawn[::2], drawn[1::2], strict=True))


def test_coalitions_come_in_pairs_and_weigh_what_the_kernel_says():
    for count, budget in ((2, 50), (5, 50), (6, 20), (12, 60), (40, 160), (80, 160)):
        keep, weights = kernel_shap.coalitions(count, budget, 0)
        assert len(keep) == len(weights) <= budget
        assert keep.sum(dim=0).tolist() == [len(keep) / 2] * count
        if len(keep) == 2**count - 2:
            total = sum((count - 1) / (size * (count - size)) for size in range(1, count))
            assert weights.sum() == pytest.approx(total)


def test_lime_is_the_weighted_ridge_regression_of_a_library():
    model = Network()
    encoded = model.encode(instance(MANY))
    keep = lime.variants(10, lime.SAMPLES, 0)
    values = model.scores(encoded, keep)[:, 1].numpy()
    masks = keep.numpy().astype(float)
    distances = np.where(masks.any(axis=1), 1 - cosine_similarity(masks, np.ones((1, 10)))[:, 0], 1.0)
    weights = np.sqrt(np.exp(-((distances * 100) ** 2) / 25**2))
    theirs = Ridge(alpha=lime.SAMPLES / 5000).fit(masks, values, sample_weight=weights)
    assert list(run(model, MANY, "lime").scores) == pytest.approx(theirs.coef_.tolist(), abs=1e-4)


def test_lime_removes_every_number_of_words():
    keep = lime.variants(6, 600, 3)
    assert bool(keep[0].all())
    counts = torch.bincount(6 - keep[1:].sum(dim=1), minlength=7).tolist()
    assert counts[0] == 0 and all(60 < count < 140 for count in counts[1:])


def test_gradient_shap_is_exact_where_the_target_is_linear_and_near_where_it_is_not():
    linear = run(Additive(), MANY, "gradient_shap")
    assert list(linear.scores) == pytest.approx(run(Additive(), MANY, "integrated_gradients").scores, abs=1e-5)
    model = Network()
    expected = riemann(model, model.encode(instance(MANY)), 1, steps=50)
    assert np.corrcoef(run(model, MANY, "gradient_shap").scores, expected)[0, 1] > 0.9


def test_smoothgrad_without_noise_is_saliency(monkeypatch):
    monkeypatch.setattr(smoothgrad, "DEVIATION", 0.0)
    assert list(run(Network(), MANY, "smoothgrad").scores) == pytest.approx(run(Network(), MANY, "saliency").scores)


def test_noise_is_seeded_paired_and_of_the_deviation_asked_for():
    like = torch.tensor([[0.0, 4.0]]).expand(500, -1)
    drawn = gradients.noise(like, 8, 0.25, 1)
    assert torch.equal(drawn, gradients.noise(like, 8, 0.25, 1))
    assert not torch.equal(drawn, gradients.noise(like, 8, 0.25, 2))
    assert torch.equal(drawn[::2], -drawn[1::2])
    assert float(drawn.std()) == pytest.approx(1.0, rel=0.05)


@pytest.mark.parametrize("method", ["smoothgrad", "gradient_shap", "lime", "kernel_shap", "shapley_sampling"])
def test_another_seed_gives_another_map(method):
    text = f"{MANY} a b c"
    assert run(Network(), text, method, seed=0).scores != run(Network(), text, method, seed=1).scores


@pytest.mark.parametrize("method", ["occlusion", "kernel_shap"])
@pytest.mark.parametrize("granularity", ["word", "sentence"])
def test_units_are_moved_as_a_whole_and_not_added_up(method, granularity):
    text = "A very good film. Quite dull music. Great."
    model = Product()
    encoded = model.encode(instance(text))
    made = attribute(model, instance(text), method, "positive", granularity=granularity)
    units = [
        [place for place, one in enumerate(encoded.tokens) if unit.start <= one.start < unit.end]
        for unit in made.tokens
    ]

    def value(kept):
        keep = [any(place in units[unit] for unit in kept) for place in range(len(encoded.tokens))]
        return float(model.scores(encoded, torch.tensor([keep]))[0, 1])

    everything = frozenset(range(len(units)))
    if method == "kernel_shap" and len(units) > 7:
        assert math.fsum(made.scores) == pytest.approx(value(everything) - value(frozenset()), abs=1e-4)
        return
    expected = (
        shapley(value, len(units))
        if method == "kernel_shap"
        else [value(everything) - value(everything - {unit}) for unit in sorted(everything)]
    )
    assert list(made.scores) == pytest.approx(expected, abs=1e-5)
    if granularity == "sentence" and method == "occlusion":  # of a product, Shapley values of parts add up
        added = attribute(model, instance(text), method, "positive", granularity="token").scores
        assert made.scores[0] != pytest.approx(sum(added[:5]), abs=0.01)


def test_a_group_goes_together():
    encoded = Additive().encode(instance("a b c"))
    keep = torch.tensor([[True, False]])
    grouped = type(encoded)(
        *(getattr(encoded, name) for name in ("instance", "ids", "places", "tokens", "total")), ((0, 2), (1,))
    )
    assert spread(keep, grouped).tolist() == [[True, False, True]]


def test_rollout_is_the_product_of_the_layers():
    maps = torch.rand(1, 3, 2, 5, 5, generator=torch.Generator().manual_seed(0))
    maps = maps / maps.sum(-1, keepdim=True)
    deciding = torch.tensor([[0.0, 0.0, 0.0, 0.5, 0.5]])
    product = torch.eye(5)
    for layer in range(3):
        product = (0.5 * maps[0, layer].mean(0) + 0.5 * torch.eye(5)) @ product
    expected = deciding[0] @ product
    found = rollout(LayerMaps(maps, deciding, torch.tensor([1, 2])), 0.5)
    assert torch.allclose(found, expected[[1, 2]])
    assert float(expected.sum()) == pytest.approx(1)


def test_value_changes_are_those_of_one_position_at_a_time():
    model = tiny_headed()
    encoded = model.encode(instance("What a lovely film"))
    found = model.value_changes(encoded, lambda _: None).maps[0, :, 0]
    network, inputs = twin(model.network.model), model._embed(encoded.ids)[None]
    with torch.no_grad():
        plain = network(inputs_embeds=inputs, output_hidden_states=True).hidden_states
        for layer, place in itertools.product(range(len(found)), range(len(encoded.ids))):

            def zeroed(_, given, made, place=place):
                return made.index_fill(1, torch.tensor([place]), 0)

            with network.encoder.layer[layer].attention.self.value.register_forward_hook(zeroed):
                made = network(inputs_embeds=inputs, output_hidden_states=True).hidden_states[layer + 1]
            expected = 1 - torch.cosine_similarity(made[0], plain[layer + 1][0], dim=-1)
            assert torch.allclose(found[layer, :, place], expected.clamp(min=0), atol=1e-5)


def test_value_zeroing_leaves_the_model_as_it_was_also_after_a_stop():
    model = tiny_headed()
    progress = Progress()
    progress.stop()
    before = model.predict([instance("What a lovely film")])[0].probabilities
    with pytest.raises(Exception, match="attribute"):
        attribute(model, instance("What a lovely film"), "value_zeroing", progress=progress)
    assert not any(part._forward_hooks for part in model.network.model.modules())
    assert model.predict([instance("What a lovely film")])[0].probabilities == before
