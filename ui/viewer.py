"""The data viewer: search, filters and pages over the rows; a click on a row asks about its id."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from agent.telling.base import word
from core.data import Dataset, Instance, Schema
from core.languages import clean, direction, languages, shorten, whole_number
from ui.blocks import CROSS
from ui.markup import Markup, hidden, icon, tag
from ui.words import say, say_or

PAGE = 20
LONGEST = 400  # graphemes of a field that a row shows; the answer quotes the whole text
ANY, WRONG, RIGHT = "", "wrong", "right"
ORDERS: dict[str, Callable[[Instance], int | str]] = {
    "shortest": lambda row: len(row.text),
    "longest": lambda row: -len(row.text),
    "by_label": lambda row: row.label,
    "newest": lambda row: -(row.id or 0),
}
Said = Mapping[int, str]
NOTHING: Said = {}
BEFORE, AFTER = icon("M9.5 4L5.5 8l4 4"), icon("M6.5 4l4 4-4 4")


@dataclass(frozen=True)
class Wish:
    """What the visitor wants to see; empty values filter nothing. `page` counts from 0.

    `answers` is WRONG or RIGHT: rows that the model gets so; `order` is one of ORDERS.
    """

    search: str = ""
    label: str = ANY
    language: str = ANY
    split: str = ANY
    answers: str = ANY
    order: str = ""
    page: int = 0


def matching(dataset: Dataset, wish: Wish, said: Said = NOTHING) -> list[Instance]:
    """The rows that fit, in the order asked for. `said` is the model's label by id, for a wish about its answers."""
    words = clean(wish.search).casefold().split()
    number = whole_number(wish.search)
    rows = [row for row in dataset.rows if _fits(row, wish) and (row.id == number or _has(row, words))]
    if wish.answers:
        rows = [row for row in rows if row.label and _answered(row, said) == wish.answers]
    return sorted(rows, key=ORDERS[wish.order]) if wish.order in ORDERS else rows


def _answered(row: Instance, said: Said) -> str:
    """Whether the model is right about a row; "" where it was not asked."""
    found = said.get(row.id, "") if row.id is not None else ""
    return (RIGHT if found == row.label else WRONG) if found else ""


def _fits(row: Instance, wish: Wish) -> bool:
    return wish.label in (ANY, row.label) and wish.language in (ANY, row.language) and wish.split in (ANY, row.split)


def _has(row: Instance, words: list[str]) -> bool:
    text = row.text.casefold()
    return all(word in text for word in words)


def label_choices(dataset: Dataset, language: str) -> list[tuple[str, str]]:
    """What to filter labels by: the label in words, and its name."""
    named = [(dataset.schema.label_in(label, language), label) for label in dataset.schema.labels]
    return [(say("viewer.any", language), ANY), *named]


def language_choices(dataset: Dataset, language: str) -> list[tuple[str, str]]:
    """The languages that the rows are in."""
    codes = dict.fromkeys(row.language for row in dataset.rows if row.language)
    return [(say("viewer.any", language), ANY), *((_native(code), code) for code in codes)]


def split_choices(dataset: Dataset, language: str) -> list[tuple[str, str]]:
    """The parts that the rows belong to."""
    parts = [part for part in dataset.splits if part]
    return [(say("viewer.any", language), ANY), *((word("parts", part, language), part) for part in parts)]


def correctness_choices(language: str) -> list[tuple[str, str]]:
    """Whether to see all rows, those that the model gets wrong, or those that it gets right."""
    return [(say(f"viewer.{key or 'any'}", language), key) for key in (ANY, WRONG, RIGHT)]


def order_choices(language: str) -> list[tuple[str, str]]:
    """What comes first."""
    return [(say(f"viewer.{key or 'as_is'}", language), key) for key in ("", *ORDERS)]


def view(dataset: Dataset, wish: Wish, language: str, said: Said = NOTHING, of: str = "") -> Markup:
    """One page of the rows that fit, with the way to the next and the one before; `of` is the name that the data are asked about by."""
    rows = matching(dataset, wish, said)
    last = max(0, (len(rows) - 1) // PAGE)
    page = min(max(wish.page, 0), last)
    if not rows:
        return tag("p", say("viewer.none", language), class_="none")
    first = page * PAGE
    shown = rows[first : first + PAGE]
    facts = {"first": first + 1, "last": first + len(shown), "total": len(rows)}
    pager = tag(
        "div",
        tag("span", say("viewer.shown", language, **facts), class_="shown"),
        _turn(BEFORE, page - 1, page > 0, say("viewer.previous", language)),
        _turn(AFTER, page + 1, page < last, say("viewer.next", language)),
        class_="pager",
    )
    body = tag("tbody", *(_row(row, dataset.schema, language, said.get(row.id or 0, "")) for row in shown))
    return tag("div", tag("table", _head(language), body, class_="rows"), pager, class_="viewer", data_of=of or None)


def _turn(drawn: Markup, page: int, possible: bool, said: str) -> Markup:
    return tag(
        "button", drawn, type="button", class_="turn-page", data_page=page, disabled=not possible, aria_label=said
    )


def _head(language: str) -> Markup:
    titles = (word("column", "id", language), say("field.text", language), say("viewer.label", language))
    return tag("thead", tag("tr", *(tag("th", title, scope="col") for title in titles)), class_="sr-only")


def _row(row: Instance, schema: Schema, language: str, answer: str) -> Markup:
    """Id, text with its language and part beneath, and label; the text is the button, the whole row its target."""
    said = say("viewer.ask", language, id=row.id)
    fields = [_field(name, text, row.language, schema, language) for name, text in row.fields]
    button = tag(
        "button",
        *fields,
        type="button",
        class_="ask",
        data_query=f"attribute where id = {row.id}",
        title=said,
        data_say=said,
    )
    about = (_native(row.language), word("parts", row.split, language))
    meta = tag("span", " · ".join(said for said in about if said), class_="meta")
    label = schema.label_in(row.label, language) if row.label else "–"
    return tag(
        "tr",
        tag("td", str(row.id), class_="id"),
        tag("td", button, meta, class_="what"),
        tag(
            "td", tag("span", label, class_="pill", dir="auto"), _instead(row, schema, language, answer), class_="label"
        ),
    )


def _instead(row: Instance, schema: Schema, language: str, answer: str) -> Markup | None:
    """What the model says where it is something else."""
    if not answer or answer == row.label:
        return None
    named = tag("span", schema.label_in(answer, language), dir="auto")
    return tag("span", CROSS, hidden(say("viewer.says", language)), named, class_="says")


def _field(name: str, text: str, code: str, schema: Schema, language: str) -> Markup:
    named = tag("span", say_or(f"field.{name}", language, name), class_="own-name") if len(schema.fields) > 1 else None
    said = tag(
        "span", shorten(text, LONGEST), class_="row-text", lang=code or None, dir=direction(code) if code else "auto"
    )
    return tag("span", named, said, class_="row-field")


def _native(code: str) -> str:
    known = languages().get(code)
    return known.native if known else code
