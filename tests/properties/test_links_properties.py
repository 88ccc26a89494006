"""Share links: whatever a request holds comes back; whatever else is there is refused in words."""

from __future__ import annotations

import base64
import json
import zlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent.sharing.links import KNOWN, LARGEST, VERSION, decode, encode, needed_file
from core.dialogue import Alteration, Request
from core.errors import UserError
from core.operation import OPERATIONS
from tests.strategies import filters

texts = st.text(max_size=30)
numbers = st.integers(-(10**12), 10**12)
pairs = st.lists(st.tuples(texts, texts), max_size=2).map(tuple)
changes = st.builds(
    Alteration, st.sampled_from(["edit_label", "learn", "unlearn"]), st.one_of(st.none(), numbers), texts, pairs
)
scalars = st.one_of(texts, numbers, st.booleans(), st.floats(allow_nan=False, allow_infinity=False))


@st.composite
def requests(draw: st.DrawFn) -> Request:
    operation = draw(st.sampled_from(OPERATIONS.names()))
    known = OPERATIONS[operation].slot_names
    slots = draw(st.dictionaries(st.sampled_from(known), scalars, max_size=3)) if known else {}
    return Request(
        operation,
        tuple(sorted(slots.items())),
        tuple(draw(st.lists(numbers, max_size=4))),
        draw(pairs),
        draw(st.none() | filters(numbers, texts, texts)),
        *(draw(texts) for _ in range(6)),
        draw(numbers),
        tuple(draw(st.lists(changes, max_size=3))),
    )


@settings(max_examples=40, deadline=None)
@given(requests())
@example(Request("predict", custom=(("text", "\ud800 lone surrogate"),)))
def test_what_is_written_is_read(request: Request) -> None:
    link = encode(request)
    assert decode(link) == request
    assert link[0] == VERSION and link.isascii() and all(char.isalnum() or char in "-_" for char in link)


@settings(max_examples=80, deadline=None)
@given(st.one_of(st.text(), st.from_regex(r"1[A-Za-z0-9_-]{0,60}", fullmatch=True)))
def test_anything_else_is_refused_in_words(text: str) -> None:
    with pytest.raises(UserError) as refused:
        decode(text)
    assert refused.value.kind == "bad_link"


@settings(max_examples=25, deadline=None)
@given(requests(), st.data())
def test_a_mistyped_link_never_becomes_another_defect(request: Request, data: st.DataObject) -> None:
    link = encode(request)
    place = data.draw(st.integers(0, len(link) - 1))
    wrong = link[:place] + data.draw(st.sampled_from("AZaz09-_ é")) + link[place + 1 :]
    try:
        assert decode(wrong) == request, "zlib's checksum would have found any change of the content"
    except UserError as error:
        assert error.kind == "bad_link"


def packed(content: object, version: str = VERSION) -> str:
    text = content if isinstance(content, str) else json.dumps(content)
    packer = zlib.compressobj(9, zdict=KNOWN)
    return version + base64.urlsafe_b64encode(packer.compress(text.encode()) + packer.flush()).decode().rstrip("=")


@pytest.mark.parametrize(
    "link",
    [
        "",
        "1",
        packed({"operation": "predict"}, version="2"),
        packed({"operation": "nonsense"}),
        packed({}),
        packed([1]),
        packed("null"),
        packed({"operation": "predict", "rows": 1}),
        packed({"operation": "predict", "ids": ["1"]}),
        packed({"operation": "predict", "ids": [True]}),
        packed({"operation": "predict", "ids": list(range(1001))}),
        packed({"operation": "predict", "slots": [["method", "lime"]]}),
        packed({"operation": "labels", "slots": [["precision", "4bit"]]}),
        packed({"operation": "predict", "seed": 1.5}),
        packed({"operation": "predict", "where": {"is": "ByLength", "unit": "miles", "comparison": "less", "number": 1}}),
        packed({"operation": "predict", "where": {"is": "Card", "entries": []}}),
        packed({"operation": "predict", "where": {"is": "os.system"}}),
        packed({"operation": "predict", "changes": [{"is": "Alteration", "kind": "format_disk"}]}),
        packed('{"operation": "attribute", "slots": [["k", NaN]]}'),
        packed('{"operation": "predict", "seed": ' + "9" * 5000 + "}"),
        packed("[" * 50_000),
        packed('{"operation":"show","where":' + '{"is":"Not","part":' * 300 + '{"is":"Previous"}' + "}" * 301),
        packed(json.dumps({"operation": "predict", "model": "a" * LARGEST})),
        packed({"operation": "predict"})[:-3],
        packed({"operation": "predict"}) + "AAAA",
    ],
)  # fmt: skip
def test_broken_and_hostile_links_are_refused(link: str) -> None:
    with pytest.raises(UserError) as refused:
        decode(link)
    assert refused.value.kind == "bad_link"


def test_a_decompression_bomb_is_not_unpacked() -> None:
    bomb = packed(" " * 40_000_000)
    assert len(bomb) < 60_000, "it is a link of a possible length"
    with pytest.raises(UserError):
        decode(bomb)


def test_an_address_that_carries_a_link_is_read() -> None:
    request = Request("attribute", (("method", "lime"),), (12,), dataset="reviews", model="e5-small")
    link = encode(request)
    for address in (f"http://localhost:7860/?ask={link}", f" https://a.b/c?x=1&ask={link}&y=2#top\n"):
        assert decode(address) == request
    assert len(link) < 80, "short enough for a message"


def test_a_text_that_no_address_holds_is_refused() -> None:
    noise = "".join(chr(0x4E00 + (number * 7919) % 20_000) for number in range(60_000))
    with pytest.raises(UserError) as refused:
        encode(Request("predict", custom=(("text", noise),)))
    assert refused.value.kind == "link_too_long"


@pytest.mark.parametrize(
    ("dataset", "file"),
    [
        ("reviews", ""),
        ("", ""),
        ("hub:a/b", ""),
        ("upload:my films.csv", "my films.csv"),
        ("/home/x/y.jsonl", "y.jsonl"),
    ],
)
def test_a_file_that_the_receiver_needs_is_named(dataset: str, file: str) -> None:
    assert needed_file(Request("predict", dataset=dataset)) == file
