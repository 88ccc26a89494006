"""The canonical query: written as specified, read back, and refused with the place and what would work."""

import pytest

from core.dialogue import Call, Parse, Span
from core.errors import UserError
from core.filters import And, ById, ByLabel, ByLength, Includes, Not, Or, Previous
from parsers.notation.canonical import is_query, read, write

QUERIES = [
    "predict where id = 12",
    "attribute(k=3, method=attention) where id = 5 or id = 7",
    "predict; attribute where id = 3",
    "count where label = negative and words > 20",
    'attribute on "Der Akku war leer"',
    'predict on claim = "Der \\"Turm\\"", evidence = "…"',
    'show where includes("battery") and not label = negative',
    "attribute(contrast=neutral, label=positive)",
    'edit_label(label="not enough information") where id = 4',
    "count where (label = negative or label = neutral) and not (words <= 8 or previous)",
    'predict on "review text" = "so so"',
    "same where id = 12",
    "undo",
    "none",
]


@pytest.mark.parametrize("query", QUERIES)
def test_read_and_written_again(query: str) -> None:
    assert write(read(query)) == query


def test_a_parse_as_specified() -> None:
    where = And((Includes("Akku"), Not(Or((ByLabel("negative"), ByLength("words", "greater equal", 20)))), Previous()))
    parse = Parse((Call("show"),), where)
    assert write(parse) == 'show where includes("Akku") and not (label = negative or words >= 20) and previous'
    assert read(write(parse)).where == where


def test_slots_stand_in_alphabetical_order() -> None:
    assert write(Parse((Call("attribute", (("method", "lime"), ("k", 3))),))) == "attribute(k=3, method=lime)"


def test_spans_are_places_in_the_query() -> None:
    query = 'predict on claim = "A is B", evidence = "No."'
    spans = read(query).custom
    assert spans == (Span("A is B", 20, 26, "claim"), Span("No.", 41, 44, "evidence"))
    assert [query[span.start : span.end] for span in spans] == ["A is B", "No."]


def test_spaces_are_forgiven() -> None:
    assert (
        write(read("  attribute( k = 3 ,method=lime )where id=5 or   id=7 "))
        == "attribute(k=3, method=lime) where id = 5 or id = 7"
    )


def test_one_way_nesting_is_flattened() -> None:
    nested = Parse((Call("show"),), Or((ById(1), Or((ById(2), ById(3))))))
    assert write(nested) == "show where id = 1 or id = 2 or id = 3"


@pytest.mark.parametrize(
    ("query", "kind", "position", "works"),
    [
        ("predict where", "bad_query", "13", "includes"),
        ("predict where id = x", "bad_query", "19", "12"),
        ("attribute(k=) where id = 3", "bad_query", "12", "lime"),
        ('predict on "never closed', "bad_query", "11", '"…"'),
        ("predict foo", "bad_query", "8", "where"),
        ("count where " + "(" * 500, "bad_query", "53", "≤ 40"),
        ("attribute(k=99999999999999999999999)", "bad_query", "12", "3"),
    ],
)
def test_bad_queries_say_where_and_what_works(query: str, kind: str, position: str, works: str) -> None:
    with pytest.raises(UserError) as caught:
        read(query)
    assert (caught.value.kind, caught.value.facts["position"]) == (kind, position)
    assert works in caught.value.facts["expected"]


def test_unknown_names_come_with_the_nearest() -> None:
    with pytest.raises(UserError) as caught:
        read("predct where id = 3")
    assert (caught.value.kind, caught.value.facts["nearest"]) == ("unknown_operation", "predict")
    with pytest.raises(UserError) as caught:
        read("attribute(methd=lime)")
    assert (caught.value.kind, caught.value.facts["nearest"]) == ("unknown_slot", "method")


def test_plain_language_is_no_query() -> None:
    assert is_query("hello") is None
    assert is_query("predict 12") is None
    assert is_query("predict where id = 12") is not None
