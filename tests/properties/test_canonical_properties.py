"""Whatever a parse holds: written and read again it is the same, in both notations."""

from hypothesis import given, settings
from hypothesis import strategies as st

from core.dialogue import Call, Parse, Span
from core.errors import UserError
from core.filters import Filter
from parsers.notation.canonical import read, write
from parsers.notation.canonical_filters import flat
from parsers.notation.coxql import from_coxql, to_coxql
from parsers.notation.shapes import names, shape
from tests.strategies import filters

texts = st.text(max_size=20)
numbers = st.integers(0, 10**9)
labels = st.one_of(
    st.sampled_from(["positive", "negative", "not enough information", "1", "true", "and", "-1.5"]),
    st.text(min_size=1, max_size=8),
)
words = st.from_regex(r"[a-z]{1,8}( [a-z]{1,8})?", fullmatch=True).filter(
    lambda text: not {"and", "or"} & set(text.split())
)
values = st.one_of(
    numbers,
    st.booleans(),
    texts,
    st.floats(-1e6, 1e6).map(lambda number: round(number, 3)).filter(lambda number: number % 1 != 0),
)


@st.composite
def _calls(draw: st.DrawFn) -> Call:
    name = draw(st.sampled_from(names()))
    slots = draw(st.lists(st.sampled_from(shape(name).slots), unique=True)) if shape(name).slots else []
    return Call(name, tuple((slot, draw(values)) for slot in sorted(slots)))


parses = st.builds(
    Parse,
    st.lists(_calls(), min_size=1, max_size=3).map(tuple),
    st.none() | filters(numbers, labels, texts, fewest=1).map(flat),
    st.lists(
        st.builds(Span, texts, st.just(0), st.just(0), st.sampled_from(["", "claim", "review text", "ఆధారం"])),
        max_size=2,
    ).map(tuple),
)


def _without_places(parse: Parse) -> tuple[object, ...]:
    return parse.calls, parse.where, tuple((span.text, span.field) for span in parse.custom)


@given(parses)
@settings(max_examples=300, deadline=None)
def test_written_and_read(parse: Parse) -> None:
    query = write(parse)
    again = read(query)
    assert _without_places(again) == _without_places(parse)
    assert write(again) == query


@given(filters(numbers, words, st.just("battery"), fewest=1, spoken=False).map(flat), st.integers(1, 9))
@settings(max_examples=200, deadline=None)
def test_the_benchmark_notation_keeps_filters(where: Filter, k: int) -> None:
    parse = Parse((Call("predict"), Call("attribute", (("k", k), ("method", "lime")))), where)
    again = from_coxql(to_coxql(parse), token="battery")
    assert (again.calls, to_coxql(again)) == (parse.calls, to_coxql(parse))
    assert again.where == where


@given(st.text(max_size=200) | st.text(alphabet='predict(k=3)whereonid=12"and not;', max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    for reader in (read, from_coxql):
        try:
            reader(text)
        except UserError as error:
            assert error.kind in ("bad_query", "unknown_operation", "unknown_slot")
