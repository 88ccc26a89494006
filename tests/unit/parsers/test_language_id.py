"""The language of a message: scripts, short texts, hints, and own texts in other languages."""

import pytest

from parsers.words.language_id import detect


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Why was 12 classified like this?", "en"),
        ("Zeig mir id 9", "de"),
        ("¿Por qué?", "es"),
        ("hola", "es"),
        ("Покажи номер 3", "ru"),
        ("Чому саме так? Поясніть її", "uk"),
        ("解释一下第12条", "zh"),
        ("用LIME和Integrated Gradients解释12", "zh"),
        ("12వ ఉదాహరణ చూపించు", "te"),
        ("montre 12 s'il te plaît", "fr"),
        ("أرني المثال ١٢", "ar"),
        ("12 neden böyle?", "tr"),
        ("उदाहरण १२ दिखाओ", "hi"),
        ("kwa nini mfano 12", "sw"),
        ("12番を見せてください", "ja"),
        ("model enni thappulu chesindi", "te"),
        ("review 54 positive enduku ayyindi", "te"),
        ("12 review chupinchu", "te"),
    ],
)
def test_languages(text: str, language: str) -> None:
    assert detect(text)[0] == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ('Warum hat das Modell "The battery died and nobody answered my e-mail" so bewertet?', "de"),
        ("Why is «Батарея села за два дня, никто не ответил» negative?", "en"),
        ("为什么“I will never come back to this hotel again”是负面的？", "zh"),
    ],
)
def test_the_own_text_does_not_count(text: str, language: str) -> None:
    assert detect(text, "fr")[0] == language


def test_a_hint_wins_where_there_is_a_doubt() -> None:
    assert detect("12", "te") == ("te", 0.0)
    assert detect("ok", "de")[0] == "de"
    assert detect("", "ru")[0] == "ru"
    assert detect("👍👍")[0] == "en"


def test_confidence_is_a_share() -> None:
    for text in ("Warum?", "why is 12 negative", "…", "12వ ఉదాహరణ", "Ünï çødé"):
        assert 0.0 <= detect(text)[1] <= 1.0
