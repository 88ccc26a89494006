"""Share links: a Request as one short word that fits into an address, and back. Nothing of it is kept on the server.

    link := version base64url(zlib(JSON))        the version is one digit; base64url without padding

The JSON holds the Request's fields that differ from their defaults. A link is foreign text: reading one trusts nothing.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import MISSING, fields
from typing import NoReturn

import regex

from core.dialogue import Request
from core.errors import UserError
from core.explanations import EDIT_LABEL, LEARN, UNLEARN
from core.filters import COMPARISONS, UNITS, And, ByLength, Filter, Not, Or
from core.operation import OPERATIONS
from core.reading import tasks
from core.typed import conforms
from core.values import dump, load

VERSION = "1"
PARAMETER = "ask"  # of an address: https://…/?ask=LINK
LONGEST = 60_000  # characters of a link; web servers refuse addresses above 64 KiB
LARGEST = 400_000  # bytes of its JSON: what a decompression bomb may fill
MOST = 1000  # ids, and a tenth as many changes: each of those trains a model again
KINDS = (EDIT_LABEL, LEARN, UNLEARN)
# Strings that most links hold, rarest first: deflate writes each as a short reference. It is part of version 1; never edit it.
KNOWN = (
    b'{"is":"Previous"}{"is":"Not","part":{"is":"Or","parts":[{"is":"And","parts":[{"is":"ByLength","unit":"words","comparison":'
    b'"greater equal","number":{"is":"Includes","token":"{"is":"ByPrediction","label":"negative"{"is":"ByLabel","label":"positive"'
    b'{"is":"ById","id":"changes":[{"is":"Alteration","kind":"edit_label","id":"label":"","custom":[]"learn""unlearn""claims"'
    b'["granularity","sentence"]["contrast","neutral"]["audience","novice"]["count",["k",3]["method","lime"]["method","occlusion"]'
    b'"operation":"likelihood""rationalize""counterfactual""similar""influence""mistakes""show""operation":"predict"'
    b'"seed":0"split":"","where":"custom":[["text","{"operation":"attribute","slots":[["method","integrated_gradients"]],"ids":['
    b'],"dataset":"reviews","model":"e5-small","revision":"","precision":"fp32","language":"en"}'
)
_SHAPE = regex.compile(rf"(?:\S*[?&#]{PARAMETER}=)?([0-9])([A-Za-z0-9_-]{{1,{LONGEST}}})(?:[&#]\S*)?")


def encode(request: Request) -> str:
    """The request as a link. Raises UserError("link_too_long") for texts that no address could hold."""
    said = {field.name: getattr(request, field.name) for field in fields(Request)}
    kept = {name: dump(part) for name, part in said.items() if name == "operation" or part != _DEFAULTS[name]}
    text = json.dumps(kept, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    packer = zlib.compressobj(9, zdict=KNOWN)
    data = packer.compress(text.encode("utf-8", "surrogatepass")) + packer.flush()
    made = VERSION + base64.urlsafe_b64encode(data).decode().rstrip("=")
    if len(made) > LONGEST or len(text) > LARGEST // 4:
        raise UserError("link_too_long", length=len(made))
    return made


def decode(text: str) -> Request:
    """The request in a link, or in an address that carries one. Raises UserError("bad_link") for everything else."""
    found = _SHAPE.fullmatch(text.strip()) if len(text) < 2 * LONGEST else None
    if found is None or found[1] != VERSION:
        _refuse()
    try:
        said = json.loads(_unpacked(found[2]), parse_constant=_refuse)
        made = Request(**{name: load(part) for name, part in said.items()}) if isinstance(said, dict) else None
    except (ValueError, TypeError, RecursionError, binascii.Error, zlib.error) as error:
        raise UserError("bad_link") from error
    except UserError as error:  # a value class that does not exist
        raise UserError("bad_link") from error
    if made is None or not conforms(made, Request) or not _sensible(made):
        _refuse()
    return made


def needed_file(request: Request) -> str:
    """The name of the file that whoever opens a link must have, since the link does not carry its rows; "" for none."""
    source = request.dataset
    own = source and source not in tasks() and not source.startswith("hub:")
    return regex.split(r"[/\\:]", source)[-1] if own else ""


def _unpacked(text: str) -> str:
    """Its JSON; zlib's checksum finds a link that was cut or mistyped."""
    packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    opened = zlib.decompressobj(zdict=KNOWN)
    data = opened.decompress(packed, LARGEST)
    if not opened.eof or opened.unused_data:
        raise ValueError("cut, or too large")
    return data.decode("utf-8", "surrogatepass")


def _sensible(request: Request) -> bool:
    """Whether names and sizes in it can be carried out, as far as that can be said without the data."""
    if request.operation not in OPERATIONS:
        return False
    return (
        {name for name, _ in request.slots} <= set(OPERATIONS[request.operation].slot_names)
        and len(request.ids) <= MOST
        and len(request.changes) <= MOST // 10
        and all(change.kind in KINDS for change in request.changes)
        and _measurable(request.where)
    )


def _measurable(where: Filter | None) -> bool:
    """Whether every length in the filter is of a unit and a comparison that exist."""
    if isinstance(where, And | Or):
        return all(map(_measurable, where.parts))
    if isinstance(where, Not):
        return _measurable(where.part)
    return not isinstance(where, ByLength) or (where.unit in UNITS and where.comparison in COMPARISONS)


def _refuse(_: str = "") -> NoReturn:
    raise UserError("bad_link")


_DEFAULTS = {field.name: field.default for field in fields(Request) if field.default is not MISSING}
