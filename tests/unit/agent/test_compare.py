"""Comparisons: figures on paper, both sides, what is said, and the questions that ask for one in six languages."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from types import SimpleNamespace

import pytest

from agent.replying import reply  # noqa: F401 - fills the tellers
from agent.resolving.resolve import resolve
from agent.resolving.situation import Situation
from agent.state import Memory, Message
from agent.telling.base import TELLERS, Teller
from core.blocks import Beside
from core.data import Schema
from core.dialogue import Parse, Request, Utterance
from core.errors import UserError
from core.explanations import (
    ALIKE,
    OTHER_ANSWER,
    OTHERWISE,
    ROUGHLY,
    TOO_SHORT,
    Attribution,
    Comparison,
    Prediction,
    Token,
)
from core.languages import complete
from core.operation import OPERATIONS, Context
from core.settings import Settings
from explainers.side_by_side import compared
from parsers.notation.canonical import read, write
from parsers.rules.guesses import Guess
from parsers.rules.pipeline import parse
from tests.tiny import LABELS, SCHEMA, instance, tiny_classifier, tiny_dataset

TEXT = "one two three four five six"
WORDS = tuple(Token(word, TEXT.index(word), TEXT.index(word) + len(word)) for word in TEXT.split())


def scored(scores: list[float], label: str = "positive") -> Attribution:
    chances = tuple(0.9 if one == label else 0.05 for one in LABELS)
    made = Prediction(instance(TEXT), LABELS, chances)
    return Attribution(made, "positive", "occlusion", WORDS[: len(scores)], tuple(scores), "logit")


def test_figures_on_paper():
    # of 15 pairs of words only (five, six) changed places: tau = (14 - 1) / 15; rho = 1 - 6 * 2 / (6 * 35)
    made = compared("precision", ("fp32", "rtn4"), scored([6, 5, 4, 3, 2, 1]), scored([6, 5, 4, 3, 1, 2]), k=5)
    assert made.tau == pytest.approx(13 / 15, abs=1e-6) and made.rho == pytest.approx(1 - 12 / 210, abs=1e-6)
    assert (made.shared, made.k, made.count) == (4, 5, 6) and made.chance == pytest.approx(25 / 6)
    assert made.verdict == ALIKE


@pytest.mark.parametrize(
    ("second", "verdict"),
    [
        (scored([6, 5, 4, 3, 2, 1]), ALIKE),
        (scored([5, 6, 4, 3, 1, 2]), ROUGHLY),  # 11 / 15
        (scored([1, 2, 3, 4, 5, 6]), OTHERWISE),  # -1
        (scored([6, 5, 4, 3, 2, 1], "negative"), OTHER_ANSWER),
        (scored([1, 1, 1, 1, 1, 1]), TOO_SHORT),  # no order at all
        (scored([6, 5, 4]), TOO_SHORT),
    ],
)
def test_verdicts(second, verdict):
    made = compared("precision", ("fp32", "rtn4"), scored([6, 5, 4, 3, 2, 1]), second)
    assert made.verdict == verdict


def test_a_method_without_signs_is_compared_by_sizes():
    signed = [2, -1.8, 0.4, -0.6, 0.1, -0.05]
    sizes = replace(scored([abs(score) for score in signed]), method="attention", unit="attention", signed=False)
    made = compared("method", ("lime", "attention"), scored(signed), sizes)
    assert (made.tau, made.rho, made.verdict) == (1, 1, ALIKE)
    assert compared("method", ("attention", "lime"), sizes, scored(signed)).tau == 1
    assert compared("method", ("lime", "occlusion"), scored(signed), scored(sizes.scores)).verdict == OTHERWISE


def test_words_are_matched_by_their_places():
    one = scored([6, 5, 4, 3, 2, 1])
    other = replace(one, tokens=WORDS[::-1], scores=one.scores[::-1])
    assert compared("model", ("a", "b"), one, other).tau == 1


def context(others: dict[str, object]) -> Context:
    data = tiny_dataset()
    own = replace_precision("fp32")
    asked = instance("great awful Film plain book great table")
    return Context(lambda: own, data, (asked,), SimpleNamespace(__call__=None), others=lambda model, kind: others[kind])


MODEL = tiny_classifier("roberta")


def replace_precision(name: str) -> object:
    made = copy(MODEL)
    made.precision = name
    return made


def run(**slots: str) -> Comparison:
    from core.progress import Progress

    models = {kind: replace_precision(kind) for kind in ("fp32", "rtn4", "rtn8", "bnb-nf4")}
    given = replace(context(models), progress=Progress())
    request = Request("compare", tuple(sorted(slots.items())), custom=(("text", "x"),), model="tiny", precision="fp32")
    return OPERATIONS["compare"].run(request, given)


def test_sides_are_those_asked_for():
    assert run(precision="rtn4").names == ("fp32", "rtn4")
    assert run().names == ("fp32", "bnb-nf4"), "what people mean by the compressed model"
    assert run(precision="rtn4", reference="rtn8").names == ("rtn8", "rtn4")
    methods = run(method="occlusion", other="saliency")
    assert methods.about == "method" and (methods.first.method, methods.second.method) == ("occlusion", "saliency")
    assert run(method="lime").names == ("lime", "occlusion")


@pytest.mark.parametrize(
    "slots",
    [
        {"method": "lime", "other": "lime"},
        {"precision": "rtn4", "reference": "rtn4"},
        {"precision": "fp32", "reference": "fp32"},
    ],
)
def test_nothing_is_compared_with_itself(slots):
    with pytest.raises(UserError) as refused:
        run(**slots)
    assert refused.value.kind == "same_sides"


def test_the_same_model_twice_agrees_wholly():
    made = run(precision="rtn4")
    assert made.tau == pytest.approx(1) and made.shared == made.k and made.verdict == ALIKE
    assert made.first.target == made.second.target


@pytest.mark.parametrize("language", complete())
@pytest.mark.parametrize("label", ["positive", "negative"])
def test_it_is_told_in_every_language(language, label):
    made = compared("precision", ("fp32", "bnb-nf4"), scored([6, 5, 4, 3, 2, 1]), scored([6, 5, 4, 3, 1, 2], label))
    blocks = TELLERS[Comparison](Teller(OPERATIONS["compare"].words, SCHEMA, language), made)
    said = "\n".join(block.plain for block in blocks)
    (maps,) = [block for block in blocks if isinstance(block, Beside)]
    assert [len(side) for side in (maps.first, maps.second)] == [1, 1] and maps.first[0].title in said
    assert "{" not in said and "bnb-nf4" not in said and "4" in said.splitlines()[0]


@pytest.mark.parametrize("language", complete())
@pytest.mark.parametrize("scores", [[6, 5, 4, 3, 2, 1], [6, 1, 5, 2, 4, 3], [1, 2, 3, 4, 5, 6], [2, 1]])
def test_two_methods_explain_one_answer(language, scores):
    made = compared("method", ("lime", "occlusion"), scored([6, 5, 4, 3, 2, 1][: len(scores)]), scored(scores))
    told = TELLERS[Comparison](Teller(OPERATIONS["compare"].words, SCHEMA, language), made)[0].plain
    assert str(made.count) in told and "{" not in told and SCHEMA.label_in("positive", language) not in told
    assert language != "en" or "reasons" not in told
    assert language != "en" or ("disagree" in told) == (made.verdict == OTHERWISE)


@pytest.mark.parametrize("language", complete())
def test_only_maps_with_signs_are_told_to_speak_for_an_answer(language):
    sides = scored([6, 5, 4, 3, 2, 1]), scored([6, 5, 4, 3, 1, 2], "negative")
    unsigned = [replace(one, method="attention", unit="attention", signed=False) for one in sides]
    told = [
        TELLERS[Comparison](Teller(OPERATIONS["compare"].words, SCHEMA, language), compared("model", ("a", "b"), *maps))
        for maps in (sides, unsigned)
    ]
    assert len(told[0]) == len(told[1]) + 1
    assert SCHEMA.label_in("positive", language) in told[0][1].plain and "{" not in told[0][1].plain


class Elsewhere:
    """A reader that never heard of comparisons."""

    def read(self, requests):
        from core.dialogue import Call

        return [[Guess(Call("attribute"), 0.9)] for _ in requests]


def asks() -> list[tuple[str, str, str]]:
    table = OPERATIONS["compare"].words.tables
    return [(code, row["text"], row["query"]) for code in complete() for row in table[code]["ask"]]


@pytest.mark.parametrize(("language", "text", "query"), asks())
def test_rules_read_every_sample_question(language, text, query):
    schema = Schema("reviews", ("text",), LABELS)
    made = parse(Utterance(text, language), schema, Elsewhere(), "test")
    assert write(replace(made, custom=tuple(replace(one, field="") for one in made.custom))) == query


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Why is id 12 positive on the 4-bit model?", "attribute(precision=bnb-nf4) where id = 12"),
        ("Warum ist ID 12 auf dem 8-Bit-Modell so?", "attribute(precision=bnb-int8) where id = 12"),
        ("Почему так для примера 12 в 4-битной модели?", "attribute(precision=bnb-nf4) where id = 12"),
        ("4位模型为什么这样给 12 号样本分类？", "attribute(precision=bnb-nf4) where id = 12"),
        ("4-బిట్ మోడల్ ఐడి 12ని ఎందుకు ఇలా వర్గీకరించింది?", "attribute(precision=bnb-nf4) where id = 12"),
        ("Why id 12 with LIME?", "attribute(method=lime) where id = 12"),
    ],
)
def test_a_precision_is_one_word_of_a_request(text, query):
    made = parse(Utterance(text, "en"), SCHEMA, Elsewhere(), "test")
    assert write(made) == query


def situation(**more: object) -> Situation:
    return Situation(Message("x", **more), Memory(), tiny_dataset(), Settings(), "en")


def test_a_precision_goes_into_the_request():
    (made,) = resolve(read("predict(precision=rtn4) where id = 3"), situation(precision="fp32"))
    assert made.precision == "rtn4" and made.slot("precision") == "rtn4"
    (made,) = resolve(read("compare(precision=rtn4) where id = 3"), situation(precision="fp32"))
    assert made.precision == "fp32" and made.slot("precision") == "rtn4", "the other side is the page's"
    (made,) = resolve(read("predict where id = 3"), situation(precision="rtn2"))
    assert made.precision == "rtn2"


def test_unknown_precisions_are_refused():
    from core.errors import UserError

    with pytest.raises(UserError, match="unknown_precision"):
        resolve(read("predict(precision=fp8) where id = 3"), situation())
    with pytest.raises(UserError, match="unknown_slot"):
        read("count(precision=rtn4)")
    assert isinstance(read("same(precision=rtn4)"), Parse)
