"""The grammar of canonical queries (Lark, for llguidance), made from the operations' shapes, slots and domains and the filters.

It accepts what parsers/notation/canonical.py writes, up to 3 operations, 10 filters and one level of brackets. Given what was `Said`, it
leaves only values that stand in the message: numbers, labels and methods that are named, texts that are a stretch of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from core.data import Schema
from core.dialogue import SAME
from core.filters import UNITS
from core.languages import languages
from parsers.notation.canonical_filters import SYMBOLS
from parsers.notation.scanner import word
from parsers.notation.shapes import NONE, Shape, names, shape
from parsers.prompting.sayable import Said
from parsers.prompting.slot_values import Values, values_of

ALONE = (NONE, SAME)  # operations that go with no other
MORE = 2  # further operations in one message
PARTS = 9  # further filters beside the first
# no limit of length: a counted repetition has as many states as it counts, and each costs a walk through the vocabulary
STRING = r'/"([^"\\\x00-\x1f]|\\["\\nrtbf]|\\u00[01][0-9a-f])+"/'
NOT_BLANK = r"/(?s:.*)[^\s](?s:.*)/"
# "id 91" is no custom text; scripts without spaces count by letters
TWO_WORDS = (
    r"/(?s:.*)(\p{L}[^\p{L}\p{M}]+\p{L}|\p{M}[^\p{L}\p{M}]+\p{L}|[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]{3})(?s:.*)/"
)
NUMBER = r"/0|[1-9][0-9]{0,8}/"
FILTER = f"""
filter: f_or | f_and | f_one
f_or: f_part (" or " f_part){{1,{PARTS}}}
f_part: f_and | f_one
f_and: f_joined (" and " f_joined){{1,{PARTS}}}
f_joined: f_one | "(" g_or ")"
f_one: f_atom | "not " f_atom | "not (" g_or ")" | "not (" g_and ")"
g_or: g_part (" or " g_part){{1,{PARTS}}}
g_part: g_and | g_one
g_and: g_one (" and " g_one){{1,{PARTS}}}
g_one: f_atom | "not " f_atom
"""


def names_grammar(several: bool = True) -> str:
    """Operations alone: `predict; attribute`; one where there cannot be several."""
    alone, joined = _either(map(_literal, ALONE)), _either(_literal(name) for name in names() if name not in ALONE)
    more = f' ("; " name){{0,{MORE}}}' if several else ""
    return f'start: " " ({alone} | name{more}) "\\n"?\nname: {joined}\n'


def query_grammar(schema: Schema) -> str:
    """Every canonical query on data of this schema, with a space before it and perhaps a new line after it."""
    rules = _Rules(schema, None)
    known = [name for name in names() if name not in ALONE]
    calls, alone = [rules.call(name) for name in known], [rules.call(name) for name in ALONE]
    before, after = f'(call_any "; "){{0,{MORE}}}', f'("; " call_any){{0,{MORE}}}'
    start = [f"call_any {after}", *alone]
    for kind, tail in (("text", ' " on " texts'), ("where", ' " where " filter'), ("ids", ' " where " f_ids')):
        of_kind = [rule for rule, name in zip(calls, known, strict=True) if _takes(shape(name), kind)]
        if of_kind and rules.can(kind):
            rules.add(f"call_{kind}", _either(of_kind))
            start.append(f"{before} call_{kind} {after}{tail}")
            start += [rule + tail for rule, name in zip(alone, ALONE, strict=True) if _takes(shape(name), kind)]
    rules.add("call_any", _either(calls))
    return rules.lark(start)


def said_grammar(operations: Sequence[str], said: Said) -> str:
    """The queries that ask for these operations, in this order, with what was said and nothing else."""
    rules = _Rules(said.schema, said)
    calls = ' "; " '.join(rules.call(name) for name in operations)
    shapes = [shape(name) for name in operations]
    start = [calls]
    for kind, tail in (("text", ' " on " texts'), ("where", ' " where " filter'), ("ids", ' " where " f_ids')):
        if any(_takes(known, kind) for known in shapes) and rules.can(kind):
            start.append(calls + tail)
    return rules.lark(start)


def _takes(known: Shape, kind: str) -> bool:
    """Whether an operation takes custom texts, any filter, or ids and nothing else to narrow the data."""
    return {"text": known.text, "where": known.where, "ids": known.ids and not known.where}[kind]


class _Rules:
    """Rules of a grammar by name, added as they are needed; `said` None leaves every value of a domain."""

    def __init__(self, schema: Schema, said: Said | None) -> None:
        self._schema, self._said = schema, said
        self._rules: dict[str, str] = {}
        self._base()

    def add(self, name: str, body: str) -> str:
        """The name of a rule with this body."""
        self._rules[name] = body
        return name

    def can(self, kind: str) -> bool:
        """Whether there is anything that a custom text, a filter or a list of ids could be made of."""
        return {"text": "texts", "where": "f_atom", "ids": "f_ids"}[kind] in self._rules

    def lark(self, start: Iterable[str]) -> str:
        """The whole grammar."""
        tail = FILTER if "f_atom" in self._rules else ""
        lines = [f'start: " " ({_either(start)}) "\\n"?', *(f"{name}: {body}" for name, body in self._rules.items())]
        return "\n".join(lines) + tail

    def call(self, name: str) -> str:
        """The rule of one operation: its name, and in brackets any of its slots in alphabetical order, at least one."""
        slots = [(slot, values_of(name, slot, self._schema, self._said)) for slot in sorted(shape(name).slots)]
        rest = ""
        for number, (slot, values) in reversed(list(enumerate(slots))):
            value = self._value(f"v_{name}_{slot}", values)
            if value:
                pair = f"{_literal(slot + '=')} {value}"
                body = f'{pair} (", " {rest})? | {rest}' if rest else pair
                rest = self.add(f"s_{name}_{number}", body)
        return self.add(f"c_{name}", _literal(name) + (f' ("(" {rest} ")")?' if rest else ""))

    def _value(self, name: str, values: Values) -> str:
        """The rule of a slot's values; "" where none is left."""
        if values.open:
            return "WORD"
        numbers = [one for one in values.known if isinstance(one, int)]
        body = _integers(numbers) if numbers else _either(_literal(word(str(one))) for one in values.known)
        return self.add(name, body) if body else ""

    def _base(self) -> None:
        """Numbers, words, texts and the filters' atoms."""
        self.add("WORD", "/[A-Za-z_][A-Za-z0-9_\\-]*/ | STRING")
        self.add("STRING", STRING)
        number = NUMBER if self._said is None else _either(_literal(str(one)) for one in self._said.numbers)
        place = NUMBER if self._said is None else _either(_literal(str(one)) for one in self._said.ids)
        label = _either(_literal(word(one)) for one in (self._said.labels if self._said else self._schema.labels))
        text = self._text()
        atoms = ['"previous"']
        if number:
            self.add("NUMBER", number)
            units, signs = _either(map(_literal, UNITS)), _either(f'" {sign} "' for sign in SYMBOLS.values())
            atoms.append(f"({units}) ({signs}) NUMBER")
        if place:
            self.add("ID", place)
            self.add("f_id", '"id = " ID')
            self.add("f_ids", f'f_id (" or " f_id){{0,{PARTS}}}')
            atoms.append("f_id")
        if label:
            self.add("label", label)
            atoms += ['"label = " label', '"prediction = " label']
        if spoken := self._said.languages if self._said else tuple(languages()):
            self.add("language", _either(map(_literal, spoken)))
            atoms.append('"language = " language')
        if text:
            self.add("TEXT", text)
            self.add("texts", _texts(self._schema))
            atoms.append('"includes(" WORDS ")"' if self._said else '"includes(" STRING ")"')
        self.add("f_atom", " | ".join(atoms))

    def _text(self) -> str:
        """A custom text: any JSON string, or a stretch of the message, of two words or more where nothing delimits it."""
        if self._said is None:
            return "STRING"
        if not self._said.chunks:
            return ""
        pieces = json.dumps({"substring_chunks": list(self._said.chunks)}, ensure_ascii=False)
        self.add("PIECE", f"%regex {pieces}")
        self.add("WORDS", f'"\\"" (PIECE & {NOT_BLANK}) "\\""')
        return f'"\\"" (PIECE & {NOT_BLANK if self._said.delimited else TWO_WORDS}) "\\""'


def _texts(schema: Schema) -> str:
    """One text; of a task with several fields one of each too, with or without its field's name."""
    if len(schema.fields) < 2:
        return "TEXT"
    named = [f"{_literal(word(field) + ' = ')} TEXT" for field in schema.fields]
    return _either(["TEXT", *named, ' ", " '.join(named)])


def _integers(values: Sequence[int]) -> str:
    """A pattern of whole numbers; all numbers of as many digits as one class, since a thousand alternatives are slow."""
    left, found = set(values), []
    for digits in range(1, len(str(max(values)))):
        every = set(range(10 ** (digits - 1), 10**digits))
        if every <= left:
            left -= every
            found.append(f"[1-9][0-9]{{{digits - 1}}}")
    return f"/{'|'.join([*found, *map(str, sorted(left))])}/"


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _either(parts: Iterable[str]) -> str:
    return " | ".join(dict.fromkeys(parts))
