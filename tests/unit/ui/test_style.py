"""The stylesheet: contrast of text on every colour it may stand on, light and dark, and nothing fetched from elsewhere."""

from __future__ import annotations

import re

import pytest

from ui.theme import CSS, JS, style, theme

Colour = tuple[float, float, float]
READABLE = 4.5  # WCAG 2.2, success criterion 1.4.3
SHEET = CSS.read_text("utf-8")


def colours(selector: str) -> dict[str, Colour]:
    """The colour variables of a rule: `#rrggbb` or `r g b`."""
    block = re.search(re.escape(selector) + r" \{(.*?)\n\}", SHEET, re.DOTALL)
    assert block
    found: dict[str, Colour] = {}
    for name, hexed, plain in re.findall(r"--([\w-]+): (?:#(\w{6})|(\d+ \d+ \d+));", block.group(1)):
        numbers = (
            [int(hexed[place : place + 2], 16) for place in (0, 2, 4)] if hexed else [int(n) for n in plain.split()]
        )
        found[name] = (numbers[0], numbers[1], numbers[2])
    return found


LIGHT = colours(":root")
DARK = LIGHT | colours(".dark")


def luminance(colour: Colour) -> float:
    parts = [part / 255 for part in colour]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Colour, other: Colour) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def over(front: Colour, back: Colour, share: float) -> Colour:
    """`front` at this opacity on `back`."""
    red, green, blue = (share * f + (1 - share) * b for f, b in zip(front, back, strict=True))
    return red, green, blue


def test_contrast_of_black_and_white_is_21() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)


@pytest.mark.parametrize("colour", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("sign", ["pos", "neg"])
def test_words_stay_readable_at_every_heat(colour: dict[str, Colour], sign: str) -> None:
    for step in range(101):
        background = over(colour[sign], colour["sheet"], step / 100)
        assert contrast(colour["ink"], background) >= READABLE, f"{sign} at {step} %"


@pytest.mark.parametrize("colour", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("text", ["ink", "soft"])
@pytest.mark.parametrize("back", ["paper", "sheet", "wash"])
def test_text_is_readable(colour: dict[str, Colour], text: str, back: str) -> None:
    assert contrast(colour[text], colour[back]) >= READABLE


@pytest.mark.parametrize("colour", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("tone", ["good", "bad", "soft"])
def test_verdicts_are_readable(colour: dict[str, Colour], tone: str) -> None:
    for share in (0.0, 0.06, 0.07, 0.12):  # the tints that style.css mixes under them
        assert contrast(colour[tone], over(colour[tone], colour["sheet"], share)) >= READABLE


@pytest.mark.parametrize("colour", [LIGHT, DARK], ids=["light", "dark"])
def test_buttons_and_tooltips_are_readable(colour: dict[str, Colour]) -> None:
    for back in ("ink", "ink-hover"):
        assert contrast(colour["paper"], colour[back]) >= READABLE


def test_nothing_comes_from_elsewhere() -> None:
    for source in (SHEET, JS.read_text("utf-8"), style()):
        assert not re.search(r"https?:|//[\w.]+\.\w+/|@import|url\(", source)
    made = theme()
    assert not made._stylesheets and not any(css for css in made._font_css)


def test_every_colour_of_the_theme_is_one_of_the_sheet() -> None:
    from ui.theme import COLOURS

    used = {name for value in COLOURS.values() for name in re.findall(r"var\(--([\w-]+)\)", value)}
    assert used <= set(LIGHT) and used


@pytest.mark.parametrize("colour", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("name", "sign"), [("del", "neg"), ("ins", "pos")])
def test_changed_words_are_readable_and_marked_without_colour(colour: dict[str, Colour], name: str, sign: str) -> None:
    rule = re.search(rf"\.diff {name} \{{ background: rgb\(var\(--{sign}\) / ([\d.]+)\);(.*?)\}}", SHEET)
    assert rule and "text-decoration: " in rule.group(2)
    assert f'.diff {name}::before {{ content: "' in SHEET
    assert contrast(colour["ink"], over(colour[sign], colour["sheet"], float(rule.group(1)))) >= READABLE
