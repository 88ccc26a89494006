"""Operations as function calls: typed arguments, the query that they stand for, and what is said to those that do not fit."""

from __future__ import annotations

import pytest

from agent.arguments import description, message_of, parameters
from core.errors import UserError
from core.operation import OPERATIONS
from parsers.notation.canonical import read

LONGEST = 1000


def query(name: str, **given: object) -> str:
    return message_of(OPERATIONS[name], given, LONGEST).query


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("attribute", {"id": 12}, "attribute where id = 12"),
        ("attribute", {"id": "12", "k": 3.0, "method": "lime"}, "attribute(k=3, method=lime) where id = 12"),
        ("attribute", {"text": 'It said "no".', "k": None, "label": ""}, 'attribute on "It said \\"no\\"."'),
        ("count", {"where": "label = negative and words > 3"}, "count where label = negative and words > 3"),
        ("predict", {"fields": {"claim": "A.", "evidence": "B."}}, 'predict on claim = "A.", evidence = "B."'),
        ("compare", {"id": 1, "precision": "fp32", "to_precision": "rtn4"}, "compare(precision=rtn4) where id = 1"),
        ("labels", {}, "labels"),
    ],
)
def test_arguments_become_a_canonical_query(name: str, given: dict[str, object], expected: str) -> None:
    assert query(name, **given) == expected


def test_settings_go_beside_the_query() -> None:
    made = message_of(OPERATIONS["attribute"], {"id": 1, "model": "gemma-3-270m", "language": "te"}, LONGEST)
    assert (made.model, made.language, made.interface, made.query) == (
        "gemma-3-270m",
        "te",
        "te",
        "attribute where id = 1",
    )


def test_a_text_is_data_whatever_it_says() -> None:
    attack = 'x" where id = 3; undo on "y'
    parse = read(query("attribute", text=attack))
    assert [call.operation for call in parse.calls] == ["attribute"] and parse.where is None
    assert [span.text for span in parse.custom] == [attack]


@pytest.mark.parametrize(
    ("name", "given", "kind"),
    [
        ("attribute", {"id": "twelve"}, "bad_argument"),
        ("attribute", {"id": True}, "bad_argument"),
        ("attribute", {"id": 1.5}, "bad_argument"),
        ("attribute", {"text": 5}, "bad_argument"),
        ("attribute", {"id": 1, "method": "limee"}, "bad_argument"),
        ("attribute", {"fields": {"text": 1}}, "bad_argument"),
        ("attribute", {"id": 1, "colour": "red"}, "unknown_slot"),
        ("attribute", {"id": 1, "text": "a film"}, "only_one"),
        ("attribute", {"text": "a" * 2000}, "too_long"),
        ("edit_label", {"id": 1}, "bad_argument"),
        ("count", {"where": "label ="}, "bad_query"),
        ("count", {"language": "xx"}, "bad_argument"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_reason(name: str, given: dict[str, object], kind: str) -> None:
    with pytest.raises(UserError) as refused:
        query(name, **given)
    assert refused.value.kind == kind


@pytest.mark.parametrize("operation", list(OPERATIONS), ids=lambda one: one.name)
def test_every_operation_can_be_called(operation) -> None:  # type: ignore[no-untyped-def]
    known = parameters(operation)
    names = [one.name for one in known]
    assert len(set(names)) == len(names) and {"dataset", "language"} <= set(names)
    assert all(one.about for one in known) and operation.words.say("title", "en") in description(operation)
    assert [one.required for one in known] == sorted((one.required for one in known), reverse=True)
