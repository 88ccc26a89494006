"""Every attack of tests/data/attacks.jsonl on the page: as a row, a label, a column, a file's name, a message and an own text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page

from core.dialogue import Call, Parse, Span
from parsers.notation.canonical import write
from tests.attacks import attacks
from tests.e2e.conftest import ANSWER, Visit, answered

pytestmark = [pytest.mark.browser, pytest.mark.real, pytest.mark.slow]

IMAGE = "<img src=x onerror=window.__canary=1>"
CONTROLS = ("body", "#send", "#message textarea", "#clear", "#upload", ".brand h1", "#side")
PROPERTIES = ("color", "background-color", "font-size", "display", "position", "z-index", "visibility", "direction")
STYLES = """([controls, properties]) => controls.map(name => {
    const style = getComputedStyle(document.querySelector(name));
    return properties.map(property => style.getPropertyValue(property));
})"""
FOREIGN = (
    "#transcript :is(img, script, style, iframe, object, embed, link, meta, base, video, audio, svg:not(.icon), a)"
)
PAGES = 11  # of 20 rows
TOGETHER = 8  # attacks in one message; each has a row of its own in the data
LONGEST = 9_000  # characters of a message


def styles(page: Page) -> list[list[str]]:
    page.mouse.move(0, 0)  # what the mouse is over looks otherwise
    page.wait_for_timeout(600)
    return page.evaluate(STYLES, [list(CONTROLS), list(PROPERTIES)])


def safe(page: Page, before: list[list[str]]) -> None:
    """No script ran, nothing was drawn that is not ours, and the controls look as they did."""
    assert page.evaluate("window.__canary") is None
    assert page.title() == "Polylens"
    assert page.locator(FOREIGN).count() == 0
    assert page.locator("#rows :is(img, script, style, iframe, a), #told :is(img, script, style)").count() == 0
    assert styles(page) == before


def asked(page: Page, text: str, turns: int) -> None:
    page.fill("#message textarea", text)
    page.press("#message textarea", "Enter")
    answered(page, turns)


def test_no_attack_runs_or_leaks(visit: Visit, tmp_path: Path) -> None:
    page, dialogs = visit("en"), []

    def dismiss(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    asked(page, "count", 0)  # models are loaded now
    before = styles(page)
    _as_data(page, tmp_path)
    safe(page, before)
    _as_messages(page)
    safe(page, before)
    assert not dialogs


def _as_data(page: Page, folder: Path) -> None:
    """Uploaded as rows, with attacks as labels, as the column's name and in the file's name; every page of them is looked at."""
    file = folder / f"{IMAGE} ${{window.__canary=1}}.jsonl".replace("/", "")
    known = attacks()
    rows = [{IMAGE: f"soup {text}", "label": known[place % 12]} for place, text in enumerate(known)]
    file.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    with page.expect_file_chooser() as chooser:
        page.click("#upload")
    chooser.value.set_files(file)
    page.wait_for_selector("#told .told", timeout=ANSWER)
    assert f"{len(known)} rows" in page.inner_text("#told")
    for number in range(1, PAGES):
        page.locator("#rows .turn-page").nth(1).click()
        page.wait_for_function(f"document.querySelector('#rows .shown').innerText.includes('{20 * number + 1}')")
    for turn, query in enumerate(("labels", "keywords", "dataset_card", "show where id = 3", "show where id = 30"), 1):
        asked(page, query, turn)


def _as_messages(page: Page) -> None:
    """As texts of the visitor's own, in a query, so that the message, its reading and the answer all show them."""
    page.click("#dataset input")
    page.get_by_role("option").first.click()
    page.click("#clear")
    page.wait_for_function("document.querySelectorAll('#transcript .turn').length == 0", timeout=ANSWER)
    known = [text[: LONGEST // TOGETHER] for text in attacks()]
    for turn, start in enumerate(range(0, len(known), TOGETHER)):
        text = "\n".join(["soup", *known[start : start + TOGETHER]])
        asked(page, write(Parse((Call("predict"),), None, (Span(text, 0, 0),))), turn)
