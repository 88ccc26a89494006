"""Values: JSON and back, content names, and what is refused."""

from __future__ import annotations

import pytest

from core.dialogue import Call, Parse, Request, Span
from core.errors import UserError
from core.faithfulness import Score
from core.filters import And, ById, ByLength, Includes, Not, Previous
from core.values import dump, fingerprint, from_json, load, to_json


def test_a_nested_value_comes_back_equal() -> None:
    where = And((ById(3), Not(Includes("É‏א")), ByLength("words", "less equal", 20), Previous()))
    parse = Parse((Call("attribute", (("k", 3), ("method", "lime"))),), where, (Span("ఒక", 2, 4),), 0.5, "nearest")
    assert from_json(to_json(parse)) == parse
    assert hash(from_json(to_json(parse))) == hash(parse)


def test_content_decides_the_name() -> None:
    assert fingerprint(Request("show", ids=(1,))) == fingerprint(Request("show", ids=(1,)))
    assert fingerprint(Request("show", ids=(1,))) != fingerprint(Request("show", ids=(2,)))


def test_any_text_has_a_name() -> None:
    assert fingerprint("half an emoji \ud83d") != fingerprint("half an emoji ")


@pytest.mark.parametrize("text", ['{"is": "Nothing"}', '{"is": "Call"}', '{"is": "Call", "x": 1}', "{", '{"a": 1}'])
def test_a_foreign_record_is_refused(text: str) -> None:
    with pytest.raises(UserError) as refused:
        from_json(text)
    assert refused.value.kind == "bad_record"


def test_numbers_that_are_none_are_not_written() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json(Score("comprehensiveness", float("nan")))


def test_lists_come_back_as_tuples() -> None:
    assert load(dump(Call("count"))) == Call("count", ())


def test_mean_and_spread_of_random_draws() -> None:
    score = Score("sufficiency", 0.5, random=(1.0, 2.0, 3.0))
    assert score.mean == 2.0 and score.spread == 1.0
    assert Score("sufficiency", 0.5).mean is None and Score("sufficiency", 0.5, random=(1.0,)).spread is None
