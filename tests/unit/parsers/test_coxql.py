"""The benchmark's notation: every row of its table both ways, filters, several ids and operations."""

import pytest

from core.errors import UserError
from core.filters import And, ById, ByLabel, ByLength, Includes, Not, Or, Previous
from parsers.notation.canonical import read, write
from parsers.notation.coxql import collapse, from_coxql, is_coxql, to_coxql

PAIRS = [
    ("predict where id = 12", "filter id 12 and predict [E]"),
    ("likelihood where id = 12", "filter id 12 and likelihood [E]"),
    ("attribute where id = 12", "filter id 12 and nlpattribute all default [E]"),
    ("attribute(k=3) where id = 12", "filter id 12 and nlpattribute topk 3 default [E]"),
    ("attribute(method=lime) where id = 12", "filter id 12 and nlpattribute all lime [E]"),
    (
        "attribute(k=1, method=input_x_gradient) where id = 12",
        "filter id 12 and nlpattribute topk 1 input_x_gradient [E]",
    ),
    ("influence where id = 12", "filter id 12 and influence topk 1 [E]"),
    ("influence(k=4) where id = 12", "filter id 12 and influence topk 4 [E]"),
    ("rationalize where id = 12", "filter id 12 and rationalize [E]"),
    ("counterfactual where id = 12", "filter id 12 and cfe [E]"),
    ("adversarial where id = 12", "filter id 12 and adversarial [E]"),
    ("augment where id = 12", "filter id 12 and augment [E]"),
    ("show where id = 12", "filter id 12 and show [E]"),
    ("similar where id = 12", "filter id 12 and similar 1 [E]"),
    ("similar(k=4) where id = 12", "filter id 12 and similar 4 [E]"),
    ("count", "countdata [E]"),
    ("labels", "label [E]"),
    ("keywords", "keywords all [E]"),
    ("keywords(k=10)", "keywords 10 [E]"),
    ("mistakes(kind=count)", "mistake count [E]"),
    ("mistakes(kind=sample)", "mistake sample [E]"),
    ("score(metric=roc)", "score roc [E]"),
    ("edit_label where id = 12", "filter id 12 and editlabel [E]"),
    ("learn where id = 12", "filter id 12 and learn [E]"),
    ("unlearn where id = 12", "filter id 12 and unlearn [E]"),
    ("functions", "function [E]"),
    ("dataset_card", "data [E]"),
    ("model_card", "model [E]"),
    ("define", "domain [E]"),
    ("tutorial(topic=counterfactual)", "qatutorial qacfe [E]"),
    ("tutorial(topic=unlearn)", "qatutorial qaunlearn [E]"),
    ("attribute where id = 3 or id = 5", "filter id 3 or filter id 5 and nlpattribute all default [E]"),
    ("predict; attribute where id = 3", "filter id 3 and predict and nlpattribute all default [E]"),
    (
        "count where label = negative and words > 20",
        "labelfilter negative and lengthfilter words greater 20 and countdata [E]",
    ),
    ("show where chars != 9 or previous", "lengthfilter chars not equal 9 or previousfilter and show [E]"),
    ('count where label = "not enough information"', "labelfilter not enough information and countdata [E]"),
    ("show where not (label = x and prediction = y)", "not ( labelfilter x and predictionfilter y ) and show [E]"),
]


@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
def test_both_ways(ours: str, theirs: str) -> None:
    assert to_coxql(read(ours)) == theirs
    assert write(from_coxql(theirs)) == ours


def test_or_binds_tighter_than_and() -> None:
    where = from_coxql("filter id 3 or filter id 5 and labelfilter negative and show [E]").where
    assert where == And((Or((ById(3), ById(5))), ByLabel("negative")))


def test_all_filters() -> None:
    row = "includes and not labelfilter negative and lengthfilter sents less equal 2 or previousfilter and mistake count [E]"
    parse = from_coxql(row, token="battery")
    assert parse.where == And(
        (Includes("battery"), Not(ByLabel("negative")), Or((ByLength("sents", "less equal", 2), Previous())))
    )
    assert to_coxql(parse) == row


def test_what_the_notation_cannot_say_is_left_out() -> None:
    spoken = "count where (language = de or label = negative) and not language = te and words > 20"
    assert to_coxql(read(spoken)) == "labelfilter negative and lengthfilter words greater 20 and countdata [E]"
    assert to_coxql(read("count where language = de or language = te")) == "countdata [E]"
    assert (
        to_coxql(read('attribute(contrast=neutral, granularity=token, label=positive) on "good"'))
        == "nlpattribute all default [E]"
    )
    assert to_coxql(read("counterfactual(count=2, label=positive) where id = 3")) == "filter id 3 and cfe [E]"
    assert to_coxql(read("attribute(method=smoothgrad)")) == "nlpattribute all smoothgrad [E]"


@pytest.mark.parametrize(
    "row",
    ["", "[E]", "show", "filter id 3 [E]", "predict 3 [E]", "filter id x and show [E]", "( [E]", "what is this [E]"],
)
def test_bad_rows_are_refused(row: str) -> None:
    with pytest.raises(UserError) as caught:
        from_coxql(row)
    assert caught.value.kind == "bad_query"
    assert is_coxql(row) is None


def test_spaces_collapse() -> None:
    assert collapse("  filter id  3 and\tshow [E] ") == "filter id 3 and show [E]"
