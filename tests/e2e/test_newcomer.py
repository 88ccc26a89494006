"""Somebody who never saw it, on a phone: an own text explained, the reading corrected, two precisions compared, the link shared."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import ANSWER, Visit, answered, ask, shot

pytestmark = [pytest.mark.browser, pytest.mark.real]

OWN = {
    "te": "భోజనం చల్లగా ఉంది, సిబ్బంది చాలా నెమ్మదిగా వచ్చారు, మళ్ళీ ఎప్పుడూ ఇక్కడికి రాను",
    "ar": "كان الطعام باردا والخدمة بطيئة جدا ولن أعود إلى هذا المكان أبدا",
}
WHY = {"te": "మోడల్ “{text}” ని ఎందుకు ఇలా వర్గీకరించింది?", "ar": "لماذا صنف النموذج «{text}» هكذا؟"}
AGAIN = {"te": "4-బిట్ మోడల్ ఇప్పటికీ అదే విధంగా వివరిస్తుందా?", "ar": "هل ما زال نموذج 4 بت يفسر نفسه بالطريقة نفسها؟"}
WRITTEN = {"te": "ltr", "ar": "rtl"}


@pytest.mark.parametrize("language", list(OWN))
def test_explained_corrected_compared_and_shared_on_a_phone(visit: Visit, language: str) -> None:
    page = visit(language, width=390, height=844)
    turn = ask(page, WHY[language].format(text=OWN[language]))
    assert turn.locator(".heat-text").inner_text().strip() == OWN[language]
    assert turn.locator(".heat-text").evaluate("e => getComputedStyle(e).direction") == WRITTEN[language]
    assert turn.locator(".badge").count() == 1
    shot(page, f"newcomer_why_{language}")

    turn.locator(".understood summary").click()
    box = turn.locator(".edit input[name=query]")
    assert OWN[language] in box.input_value()
    box.fill(f'attribute(k=2, method=occlusion) on "{OWN[language]}"')
    box.press("Enter")
    corrected = answered(page, 1)
    assert corrected.locator(".tok").count() == 2
    shot(page, f"newcomer_corrected_{language}")

    compared = ask(page, AGAIN[language])
    assert compared.locator(".heat").count() == 2
    assert all(text.strip() == OWN[language] for text in compared.locator(".heat-text").all_inner_texts())
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    shot(page, f"newcomer_compared_{language}")

    link = compared.locator("[data-link]").get_attribute("data-link")
    second = visit(language, width=390, height=844)
    second.goto(second.url.split("?")[0] + str(link))
    opened = answered(second, 0)
    assert opened.locator(".heat").count() == 2 and opened.locator(".from").is_visible()
    assert opened.locator(".heat-text").all_inner_texts() == compared.locator(".heat-text").all_inner_texts()
    said = [found.locator(".answer .text").first.inner_text(timeout=ANSWER) for found in (compared, opened)]
    assert said[0] == said[1]
    assert second.evaluate("document.scrollingElement.scrollWidth") <= 390
    shot(second, f"newcomer_shared_{language}")
