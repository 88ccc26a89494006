"""What a visitor does: ask about a text of their own, ask about an id, correct the reading, stop, and share a machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from core.data import Instance
from core.reading import load_dataset
from tests.e2e.conftest import ANSWER, Visit, answered, ask, shot

pytestmark = [pytest.mark.browser, pytest.mark.real]

OWN = {
    "en": "The battery was empty after two days and nobody answered",
    "de": "Der Akku war nach zwei Tagen leer und niemand hat geantwortet",
    "es": "La batería se agotó a los dos días y nadie respondió",
    "ru": "Аккумулятор сел через два дня, и никто не ответил",
    "zh": "电池两天就没电了，也没有人回复",
    "te": "బ్యాటరీ రెండు రోజుల్లోనే అయిపోయింది, ఎవరూ సమాధానం ఇవ్వలేదు",
}
WHY = {
    "en": "Why did the model rate “{text}” like this?",
    "de": "Warum hat das Modell „{text}“ so bewertet?",
    "es": "¿Por qué el modelo valoró así «{text}»?",
    "ru": "Почему модель так оценила «{text}»?",
    "zh": "为什么模型这样评价“{text}”？",
    "te": "మోడల్ “{text}” ను ఎందుకు ఇలా అంచనా వేసింది?",
}
WHY_ID = {
    "en": "Why was id {id} classified like this?",
    "de": "Warum wurde ID {id} so eingestuft?",
    "es": "¿Por qué se clasificó así el id {id}?",
    "ru": "Почему id {id} классифицирован именно так?",
    "zh": "为什么 id {id} 被这样分类？",
    "te": "ఐడి {id} ఎందుకు ఇలా వర్గీకరించబడింది?",
}
LONG = (  # three explanations of a long text, each with its check: many seconds, and never kept on disk
    "attribute(method=lime); attribute(method=kernel_shap); attribute(method=occlusion)"
    f' on "{" ".join(f"The {number}th train was late and nobody said why." for number in range(20))}"'
)


def row_of(language: str) -> Instance:
    """The first test row in this language."""
    return next(row for row in load_dataset("reviews").split("test") if row.language == language)


@pytest.mark.parametrize("language", list(OWN))
def test_a_text_of_ones_own(visit: Visit, language: str) -> None:
    page = visit(language)
    turn = ask(page, WHY[language].format(text=OWN[language]))
    assert turn.locator(".answer").get_attribute("lang") == language
    assert turn.locator(".heat-text").inner_text() == OWN[language]
    assert turn.locator(".tok").count() >= 2
    strongest = turn.locator(".tok").first
    assert strongest.get_attribute("data-tip")
    badge = turn.locator("details.badge")
    badge.locator("summary").click()
    assert badge.locator("table").is_visible()
    shot(page, f"own_text_{language}")


@pytest.mark.parametrize("language", list(OWN))
def test_an_instance_of_the_data(visit: Visit, language: str) -> None:
    page = visit(language, width=390, height=844)
    row = row_of(language)
    turn = ask(page, WHY_ID[language].format(id=row.id))
    assert turn.locator(".answer").get_attribute("lang") == language
    assert turn.locator(".heat-text").inner_text() == row.text
    assert turn.locator(".badge").is_visible()
    assert str(row.id) in turn.locator(".understood-line").inner_text()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    shot(page, f"id_phone_{language}")


def test_all_of_a_german_answer_is_german(visit: Visit) -> None:
    turn = ask(visit("de"), WHY["de"].format(text=OWN["de"]))
    said = turn.inner_text()
    assert "negativ" in said and "Verstanden" in said
    for english in ("The model", "speaks for", "better than chance", "your text", "Understood"):
        assert english not in said


def test_the_reading_can_be_corrected(visit: Visit) -> None:
    page = visit("en")
    turn = ask(page, WHY_ID["en"].format(id=row_of("en").id))
    turn.locator(".understood summary").click()
    box = turn.locator(".edit input[name=query]")
    assert box.input_value().startswith("attribute")
    box.fill(f"predict where id = {row_of('de').id}")
    box.press("Enter")
    corrected = answered(page, 1)
    assert corrected.locator(".bar").count() == 3
    assert str(row_of("de").id) in corrected.locator(".understood-line").inner_text()
    shot(page, "corrected")


def test_a_long_answer_can_be_stopped(visit: Visit) -> None:
    page = visit("en")
    ask(page, "How many instances are there?")  # models are loaded now
    page.fill("#message textarea", LONG)
    page.press("#message textarea", "Enter")
    page.click("#stop")
    stopped = answered(page, 1)
    assert "stopped" in (stopped.get_attribute("class") or "")
    again = ask(page, f"predict where id = {row_of('en').id}")
    assert again.locator(".bar").count() == 3


def test_two_visitors_at_once_never_meet(visit: Visit) -> None:
    first, second = visit("en"), visit("de")
    for page, language in ((first, "en"), (second, "de")):
        page.fill("#message textarea", WHY[language].format(text=OWN[language]))
        page.press("#message textarea", "Enter")
    for page, own, other in ((first, "en", "de"), (second, "de", "en")):
        turn = answered(page, 0)
        assert turn.locator(".heat-text").inner_text() == OWN[own]
        assert OWN[other] not in page.inner_text("body")
        page.reload()
        kept = page.locator("#transcript .turn")
        kept.first.wait_for(timeout=ANSWER)
        assert kept.count() == 1 and kept.locator(".heat-text").inner_text() == OWN[own]


def choose(page: Page, name: str, option: str) -> None:
    """Pick an option of one of Gradio's drop-downs."""
    page.click(f"#{name} input")
    page.get_by_role("option", name=option, exact=True).click()


def test_the_page_changes_its_language_at_once(visit: Visit) -> None:
    page = visit("en")
    headline = page.locator(".welcome h2")
    assert headline.inner_text() == "Why did the model say that?"
    choose(page, "interface", "Deutsch")
    page.wait_for_function("document.documentElement.lang === 'de'")
    assert headline.inner_text() == "Warum hat das Modell so entschieden?"
    assert page.inner_text("#send") == "Senden"
    page.reload()
    page.wait_for_function("document.documentElement.lang === 'de'")
    page.wait_for_function("document.querySelector('#send').innerText === 'Senden'")


def test_html_in_a_text_is_text(visit: Visit) -> None:
    page = visit("en")
    own = "<img src=x onerror=window.hacked=1> <b>terrible</b> <script>window.hacked=1</script> battery"
    turn = ask(page, f"Why did the model rate “{own}” like this?")
    assert turn.locator(".heat-text").inner_text() == own
    assert turn.locator("img, b, script").count() == 0
    assert page.evaluate("window.hacked") is None
    shot(page, "html_is_text")


def test_a_newcomer_gets_an_answer_with_one_click(visit: Visit) -> None:
    page = visit("en")
    shot(page, "welcome")
    page.locator(".chip").first.click()
    assert answered(page, 0).locator(".answer > *").count() >= 1


def test_a_click_on_a_row_asks_about_it(visit: Visit) -> None:
    page = visit("en")
    page.fill("#search input, #search textarea", row_of("ru").text[:30])
    page.wait_for_function("document.querySelectorAll('.rows .ask').length == 1", timeout=ANSWER)
    page.locator(".rows tr", has_text=row_of("ru").text[:20]).locator(".id").click()
    assert answered(page, 0).locator(".heat-text").inner_text() == row_of("ru").text


def test_claims_bring_a_form_for_two_texts(visit: Visit) -> None:
    page = visit("en")
    choose(page, "dataset", "Claims and evidence")
    page.wait_for_selector("#own-first textarea")
    page.fill("#own-first textarea", "The bridge is open.")
    page.fill("#own-second textarea", "The bridge was closed on Monday.")
    turn = ask(page, "")
    assert [text.inner_text() for text in turn.locator(".own span[dir]").all()] == [
        "The bridge is open.",
        "The bridge was closed on Monday.",
    ]
    assert turn.locator(".heat-text").all_inner_texts() == ["The bridge is open.", "The bridge was closed on Monday."]
    shot(page, "claims")


def test_a_reload_leaves_everything_as_it_was(visit: Visit) -> None:
    """Gradio reloads a page by itself after a lost connection, and phones do it with tabs."""
    page = visit("en")
    page.goto(f"{page.url}?lang=de")
    page.wait_for_function("document.documentElement.lang === 'de' && !location.search", timeout=ANSWER)
    page.click("[data-theme]")
    choose(page, "dataset", "Behauptungen und Belege")
    page.wait_for_selector("#own-first textarea")
    page.locator(".rows .ask").first.click()
    answered(page, 0)
    rows = page.locator(".rows .ask").all_inner_texts()
    page.reload()
    page.wait_for_selector("#transcript .turn", timeout=ANSWER)
    page.wait_for_selector("#own-first textarea")
    assert page.locator(".rows .ask").all_inner_texts() == rows
    assert page.evaluate("document.documentElement.lang") == "de"
    assert page.evaluate("document.body.classList.contains('dark')")
    page.locator("#transcript .turn .act[data-say]").first.click()
    assert answered(page, 1).get_attribute("data-of") == "claims"


def test_own_data_are_read_shown_and_asked(visit: Visit, tmp_path: Path) -> None:
    file = tmp_path / "tea.csv"
    rows = [
        f"tea number {number} was {'good' if number % 2 else 'cold'},{'yes' if number % 2 else 'no'}"
        for number in range(12)
    ]
    file.write_text("text,label\n" + "\n".join(rows) + "\n", "utf-8")
    page = visit("en")
    with page.expect_file_chooser() as chooser:
        page.click("#upload")
    chooser.value.set_files(file)
    page.wait_for_selector(".told", timeout=ANSWER)
    assert "rows: 12" in page.inner_text(".told")
    assert page.locator(".rows .ask").count() == 12
    broken = tmp_path / "broken.csv"
    broken.write_text("text,label\none,two,three\n", "utf-8")
    with page.expect_file_chooser() as chooser:
        page.click("#upload")
    chooser.value.set_files(broken)
    page.wait_for_selector("#told .notice.error", timeout=ANSWER)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_right_to_left_text_stays_right_to_left(visit: Visit, dark: bool) -> None:
    page = visit("en", dark=dark)
    own = "نفدت البطارية بعد يومين ولم يرد أحد على رسائلي"
    turn = ask(page, f"Why did the model rate “{own}” like this?")
    assert turn.locator(".heat-text").evaluate("e => getComputedStyle(e).direction") == "rtl"
    assert turn.locator(".answer").evaluate("e => getComputedStyle(e).direction") == "ltr"
    turn.locator(".tok").first.hover()
    shot(page, f"arabic_{'dark' if dark else 'light'}")


def test_an_answer_is_pinned_rated_saved_and_opened_elsewhere_by_its_link(visit: Visit) -> None:
    page = visit("en")
    turn = ask(page, f"predict where id = {row_of('en').id}")
    ask(page, "How many instances are there?")
    questions = page.locator(".past-text")
    assert questions.nth(1).inner_text().startswith("predict where id")
    turn.hover()
    turn.locator("[data-pin]").click()
    page.wait_for_function("document.querySelector('.past-text').innerText.startsWith('predict where id')")
    turn.locator("[data-opens^='rate']").click()
    turn.locator("[data-rate=correct][data-way='1']").click()
    turn.locator(".done", has_text="Thank you, noted").wait_for(timeout=ANSWER)
    with page.expect_download() as saved:
        page.click("[data-export=markdown]")
    assert saved.value.suggested_filename.endswith(".md")
    assert turn.locator(".answer .text").first.inner_text() in saved.value.path().read_text("utf-8")
    link = turn.locator("[data-link]").get_attribute("data-link")
    page.locator(".past button").nth(1).click()
    shot(page, "kept")
    page.reload()
    page.locator(".past .pinned").wait_for(timeout=ANSWER)
    assert page.locator("[data-rate=correct][aria-pressed=true]").count() == 1
    other = visit("te", width=390, height=844)
    other.goto(other.url.split("?")[0] + str(link))
    opened = answered(other, 0)
    assert opened.locator(".bar").count() == 3 and opened.locator(".from").is_visible()
    assert opened.locator(".bar-value").all_inner_texts() == turn.locator(".bar-value").all_inner_texts()
    other.wait_for_function("!location.search")
    assert other.evaluate("document.scrollingElement.scrollWidth") <= 390
    shot(other, "link_phone_te")
    other.goto(other.url.split("?")[0] + "?ask=1abc")
    other.locator("#transcript .turn.error .notice").wait_for(timeout=ANSWER)
