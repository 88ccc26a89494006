"""Reads the page's HTML as a browser would: elements with attributes and text, and what is allowed in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_TAGS = """
    article bdi button caption code del details div figcaption figure form h1 h2 input ins label li nav ol p path pre circle
    section span
    line polygon polyline summary svg table tbody td text th thead tr ul
"""
_ATTRIBUTES = """
    aria-controls aria-expanded aria-hidden aria-label aria-pressed autocomplete class cx cy d data-axis data-content
    data-copy data-direction data-done data-edit data-export data-file data-goto data-interface data-key data-language
    data-link data-model data-of data-once data-opens data-page data-pin data-query data-rate data-remark data-say
    data-thanks data-theme data-tip data-to data-turn data-view data-way dir disabled focusable for hidden id lang
    name placeholder points r role scope spellcheck style tabindex title type value viewbox x x1 x2 y y1 y2
"""
TAGS, ATTRIBUTES = frozenset(_TAGS.split()), frozenset(_ATTRIBUTES.split())
STYLES = re.compile(r"--h:[01]\.\d{3}|width:\d{1,3}(\.\d)?%")
VOID = frozenset({"input"})


@dataclass
class Element:
    """One element; `text` is all text inside it, also of its children, in order."""

    tag: str
    attributes: dict[str, str | None]
    text: str = ""

    def has(self, name: str) -> bool:
        """Whether `name` is one of its classes."""
        return name in (self.attributes.get("class") or "").split()


@dataclass
class Page(HTMLParser):
    """Every element in the order of its start tag, and all text."""

    elements: list[Element] = field(default_factory=list)
    text: str = ""
    _open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        assert len(element.attributes) == len(attrs), f"<{tag}> has an attribute twice"
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open and self._open[-1].tag == tag, f"</{tag}> closes nothing"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self.text += data
        for element in self._open:
            element.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {decl}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"a processing instruction: {data}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data}")

    def all(self, name: str) -> list[Element]:
        """The elements of this class."""
        return [element for element in self.elements if element.has(name)]


def read(html: str) -> Page:
    """The page, balanced and made of allowed parts only; anything else is an AssertionError."""
    page = Page()
    page.feed(html)
    page.close()
    assert not page._open, f"not closed: {[element.tag for element in page._open]}"
    for element in page.elements:
        assert element.tag in TAGS, f"<{element.tag}> is not one of ours"
        unknown = set(element.attributes) - ATTRIBUTES
        assert not unknown, f"<{element.tag}> has {unknown}"
        style = element.attributes.get("style")
        assert style is None or STYLES.fullmatch(style), f"style {style!r}"
    return page
