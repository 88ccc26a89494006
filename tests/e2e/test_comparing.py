"""What a visitor does with the panel that compares: two precisions, two texts, two languages; by keyboard, on a phone, right to left."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page

from core.reading import load_dataset
from tests.e2e.conftest import ANSWER, Visit, answered, ask, shot

pytestmark = [pytest.mark.browser, pytest.mark.real]

ARABIC = "نفدت البطارية بعد يومين ولم يرد أحد على رسائلي"
OWN = "The battery was empty after two days and nobody answered"


def row_of(language: str) -> int:
    """The id of the first test row in this language."""
    found = next(row.id for row in load_dataset("reviews").split("test") if row.language == language)
    return int(found or 0)


def opened(page: Page) -> None:
    """The panel, unfolded; on a phone its view first."""
    if page.locator("#nav [data-view=panel]").is_visible():
        page.click("#nav [data-view=panel]")
    page.locator("#compare > button").click()
    page.wait_for_selector("#compare-ask", state="visible")


def choose(page: Page, name: str, option: str) -> None:
    """Pick an option of one of the panel's drop-downs."""
    page.click(f"#compare-{name} input")
    page.get_by_role("option", name=option, exact=True).click()


def beside(turn: Locator) -> list[dict[str, float]]:
    """Where both heat maps of a turn stand."""
    turn.locator(".beside .heat").nth(1).wait_for(timeout=ANSWER)
    found = [one.bounding_box() for one in turn.locator(".beside .heat").all()]
    return [dict(one) for one in found if one]


def test_two_precisions_stand_side_by_side(visit: Visit) -> None:
    page = visit("en")
    opened(page)
    choose(page, "precision-second", "8 bit (rounded)")
    page.fill("#compare-text textarea", str(row_of("en")))
    page.press("#compare-text textarea", "Tab")
    assert page.evaluate("document.activeElement.id") == "compare-ask", "the button follows the field"
    page.keyboard.press("Enter")
    turn = answered(page, 0)
    assert turn.locator(".said").inner_text() == f"Compare 32 bit with 8 bit (rounded): id {row_of('en')}"
    first, second = beside(turn)
    assert first["y"] == second["y"] and first["x"] < second["x"], "side by side"
    assert turn.locator("input[name=query]").input_value().startswith("compare(precision=rtn8, reference=fp32)")
    shot(page, "compare_precisions")


def test_two_texts_on_a_phone_in_telugu(visit: Visit) -> None:
    page = visit("te", width=390, height=844)
    opened(page)
    choose(page, "about", "టెక్స్ట్")
    page.wait_for_selector("#compare-other textarea", state="visible")
    page.click("#compare-ask")
    page.locator("#compare-told .notice").wait_for(timeout=ANSWER)
    shot(page, "compare_panel_phone_te")
    page.fill("#compare-text textarea", OWN)
    page.fill("#compare-other textarea", str(row_of("te")))
    page.click("#compare-ask")
    turn = answered(page, 0)
    assert page.locator("#chat").is_visible(), "the answer is in view"
    assert turn.locator(".answer").get_attribute("lang") == "te"
    first, second = beside(turn)
    assert first["x"] == second["x"] and first["y"] < second["y"], "one below the other"
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    shot(page, "compare_texts_phone_te")


def test_an_arabic_text_and_its_counterpart(visit: Visit) -> None:
    page = visit("de")
    opened(page)
    choose(page, "about", "Die Sprache")
    page.wait_for_selector("#compare-language input", state="visible")
    choose(page, "language", "English")
    page.fill("#compare-text textarea", ARABIC)
    page.click("#compare-ask")
    turn = answered(page, 0, patience=3 * ANSWER)  # the first such question makes the sentence vectors of all rows
    texts = turn.locator(".beside .heat-text")
    assert texts.first.evaluate("e => getComputedStyle(e).direction") == "rtl"
    assert texts.nth(1).evaluate("e => getComputedStyle(e).direction") == "ltr"
    assert turn.locator(".notice").first.is_visible(), "it says that this is no translation"
    shot(page, "compare_languages_arabic")
    asked = ask(page, f"قارن {row_of('en')} و {row_of('ru')}")
    assert asked.locator(".beside .heat").count() == 2, "asked in Arabic, two rows stand side by side"
    shot(page, "compare_question_arabic")
