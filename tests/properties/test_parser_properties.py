"""Whatever is typed: no exception but those for users, no span outside the text, no value that was not said."""

import os
from typing import cast

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.dialogue import Utterance
from core.errors import UserError
from core.filters import ByLength, ids
from core.progress import Progress
from core.settings import Settings
from models.encoder import Encoder
from models.loading import Models
from parsers.base import PARSERS, Parser, Tools
from parsers.nearest import NearestParser
from parsers.notation.canonical import read, write
from parsers.numbers.roles import find_numbers
from parsers.prompting.examples import examples
from parsers.texts.custom_text import find
from parsers.texts.quotes import pairs
from parsers.words.language_id import detect
from tests.parsing import CLAIMS, PARSES, REVIEWS, LetterEncoder

ENCODER = cast(Encoder, LetterEncoder())
KNOWN = examples()[::20]
PARSER = NearestParser(ENCODER, KNOWN, ENCODER.embed([one.text for one in KNOWN]))
MANY = int(os.environ.get("POLYLENS_FUZZ", "300"))  # 10000 in the nightly run

marks = st.text(
    alphabet="\"'`“”„«»‹›「」‘’‚:()\n–-[]{}<> .,;?!#№0123٤५౧一二第条abcй中తి́\u200d\u202e\x00\ud83d😀", max_size=60
)
pieces = st.lists(st.sampled_from([word for row in PARSES for word in row["text"].split()]), max_size=25).map(" ".join)
anything = st.one_of(st.text(max_size=120), marks, pieces, st.tuples(pieces, marks, pieces).map(" ".join))


messages = given(anything, st.sampled_from(["en", "de", "zh", "te", "ar", "xx"]), st.booleans())


@messages
@example("x" * 9_999, "en", False)
@example('"' * 3_000, "en", True)
@example("id 9 " * 1_500, "en", False)
@example("(" * 2_000 + ")" * 2_000, "en", True)
@example("\ud83d lone surrogate 12", "en", False)
@example("12 \U00011de0 and \U00011de3", "en", False)  # digits that regex knows and this Python does not
@settings(max_examples=MANY, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_message_is_read_or_refused(text: str, language: str, two_fields: bool) -> None:
    is_read_or_refused(PARSER, text, language, two_fields)


@pytest.fixture(scope="module")
def default(real_settings: Settings) -> Parser:
    return PARSERS["encoder"].build(Tools(Models(real_settings).encoder(Progress()), real_settings.cache, Progress()))


@pytest.mark.real
@messages
@example("\ud83d lone surrogate 12", "en", False)
@example("12 \U00011de0 and \U00011de3", "en", False)  # digits that regex knows and this Python does not
@settings(max_examples=MANY // 3, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_default_parser_reads_or_refuses(default: Parser, text: str, language: str, two_fields: bool) -> None:
    is_read_or_refused(default, text, language, two_fields)


def is_read_or_refused(parser: Parser, text: str, language: str, two_fields: bool) -> None:
    """Spans lie in the text, values were said, and the query can be written and read again."""
    schema = CLAIMS if two_fields else REVIEWS
    try:
        parse = parser.parse(Utterance(text, language), schema)
    except UserError as error:
        assert error.kind == "empty_message"
        return
    assert 0.0 <= parse.confidence <= 1.0
    for one in (parse, *parse.alternatives):
        assert all(text[span.start : span.end] == span.text and span.text for span in one.custom)
        assert (
            _values(one) <= {number.value for number in find_numbers(text, (language, "en"))} or one.confidence == 1.0
        )
        assert write(read(write(one))) == write(one)


def _values(parse: object) -> set[int]:
    where = getattr(parse, "where", None)
    said = {value for call in parse.calls for name, value in call.slots if name in ("k", "count")}  # type: ignore[attr-defined]
    return said | set(ids(where)) | ({where.number} if isinstance(where, ByLength) else set())


@given(anything)
@settings(max_examples=MANY, deadline=None)
def test_spans_lie_inside_the_text(text: str) -> None:
    for pair in pairs(text):
        assert 0 <= pair.start < pair.end <= len(text)
        assert text[pair.start : pair.end].strip() == text[pair.start : pair.end]
    for schema in (REVIEWS, CLAIMS):
        spans = find(text, schema)
        assert all(text[span.start : span.end] == span.text for span in spans)
        assert len(spans) <= len(schema.fields)
    for number in find_numbers(text, ("en", "de", "ru", "te")):
        assert 0 <= number.start < number.end <= len(text)
        assert number.value >= 0


@given(anything, st.sampled_from(["", "de", "te"]))
@settings(max_examples=MANY, deadline=None)
def test_every_text_has_a_language(text: str, hint: str) -> None:
    code, confidence = detect(text, hint)
    assert len(code) == 2
    assert 0.0 <= confidence <= 1.0
