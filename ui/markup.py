"""HTML from values: the only place that escapes. Whatever is not already Markup is data and becomes text."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from typing import Union

VOID = frozenset({"input", "br", "meta"})  # elements without content


class Markup(str):
    """A piece of finished HTML. Only `tag` and `join` make it, so everything in it was escaped."""

    __slots__ = ()


Child = Union[str, Iterable["Child"], None]
Attribute = Union[str, int, bool, None]


def text(data: str) -> Markup:
    """Data as text: no character of it can open a tag, an entity or an attribute."""
    return data if isinstance(data, Markup) else Markup(html.escape(data, quote=True))


def join(*children: Child) -> Markup:
    """Children one after the other; None is nothing."""
    return Markup("".join(_pieces(children)))


def _pieces(children: Iterable[Child]) -> Iterator[str]:
    for child in children:
        if isinstance(child, str):
            yield text(child)
        elif child is not None:
            yield from _pieces(child)


def tag(name: str, /, *children: Child, **attributes: Attribute) -> Markup:
    """The element `name`. Attributes: `class_` is class, `data_query` is data-query; True is bare, None and False are left out."""
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    return Markup(f"<{name}{written}>" if name in VOID else f"<{name}{written}>{join(*children)}</{name}>")


def _attribute(key: str, value: Attribute) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{html.escape(str(value), quote=True)}"'


def icon(path: str, box: int = 16) -> Markup:
    """A line icon in the text's colour, hidden from screen readers: words stand beside it."""
    drawn = tag("path", d=path)
    return tag("svg", drawn, class_="icon", viewBox=f"0 0 {box} {box}", aria_hidden="true", focusable="false")


def hidden(data: str) -> Markup:
    """Text for screen readers only."""
    return tag("span", data, class_="sr-only")
