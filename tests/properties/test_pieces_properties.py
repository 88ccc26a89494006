"""Whatever the text and the pieces: text and sum are kept, no grapheme is cut, every token is in one unit."""

import math
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from core.explanations import Token
from core.languages import graphemes
from models.heads.input_reader import locate
from models.pieces import GRANULARITIES, merge, units

LETTERS = "ab Z9.,!?'’-_\n\t\u00a0äß\u0301\u0308éЯя我们。，ひカーไทยที่กำనేాం్\u200d\u200b\ufe0f👍🏽👨👩👧🇩🇪한글ابعֿק"
texts = st.one_of(st.text(st.sampled_from(LETTERS), min_size=1, max_size=40), st.text(min_size=1, max_size=25))


@st.composite
def read(draw):
    """A text cut into pieces at any place, some of them left out, some of them shared, as tokenizers do."""
    text = draw(texts)
    cuts = sorted({0, len(text), *draw(st.lists(st.integers(0, len(text)), max_size=12))})
    pieces = [pair for pair in pairwise(cuts) if draw(st.integers(0, 5))]
    spans = [span for span in pieces for _ in range(1 + (draw(st.integers(0, 6)) == 0))]
    return text, [Token(text[start:end], start, end) for start, end in spans]


@settings(max_examples=400, deadline=None)
@given(read(), st.sampled_from(GRANULARITIES), st.data())
def test_units(given_read, granularity, data):
    text, tokens = given_read
    found = units([("text", text)], tokens, granularity)
    members = [member for unit in found for member in unit.members]
    assert sorted(members) == list(range(len(tokens))), "every token is in exactly one unit"
    gaps = "".join(
        text[start:end]
        for start, end in pairwise([0, *(at for one in found for at in (one.start, one.end)), len(text)])
    )
    assert gaps == text, "units and the gaps between them give back the text"
    assert all(before.end <= after.start for before, after in pairwise(found))
    borders = {at for span in graphemes(text) for at in span}
    for unit in found:
        assert unit.text == text[unit.start : unit.end] and unit.text
        assert {unit.start, unit.end} <= borders, "a grapheme is cut"
        assert all(tokens[one].start < unit.end and unit.start < tokens[one].end for one in unit.members)
    scores = data.draw(st.lists(st.floats(-1e3, 1e3), min_size=len(tokens), max_size=len(tokens)))
    assert math.isclose(math.fsum(merge(scores, found)), math.fsum(scores), abs_tol=1e-9)


@settings(max_examples=200, deadline=None)
@given(texts, st.data())
def test_located_spans(text, data):
    """Whatever offsets a tokenizer reports, spans lie in the text, in order, the same or apart, without spaces at their borders."""
    places = st.integers(0, len(text))
    reported = data.draw(st.lists(st.tuples(places, places).map(lambda two: (min(two), max(two))), max_size=8))
    found = locate("text", text, [(1, start, end) for start, end in sorted(reported)])
    assert len(found) == len(reported)
    spans = [(one.start, one.end) for one in found if one]
    for one in found:
        if one:
            assert 0 <= one.start < one.end <= len(text) and one.text == text[one.start : one.end]
            assert not one.text[0].isspace() and not one.text[-1].isspace()
    assert all(before == after or before[1] <= after[0] for before, after in pairwise(spans))
