"""Writing: words, sentences and mentions in scripts with spaces and without."""

from __future__ import annotations

import pytest

from core.script import ends_in_word, mentions, sentences, unspaced, word_goes_on, words


@pytest.mark.parametrize(
    "said",
    [
        "It cost 3.5 euros.| Great.",
        "Dr. Smith was rude.| I left at once.",
        "10 out of 10.| Great film, e.g. the end.",
        "J. R. Smith, the owner etc. and his dog.| They left.",
        "Der Akku z. B. hielt nicht.| Am 3. Mai kam er an.",
        "Es war um 10:30 Uhr.| Der 2. Versuch ging.",
        "1. Erstens.| 2. Zweitens.",
        "Т. е. плохо.| Лучше, чем я.| Он ушёл, рис. 3.",
        "La Sra. Pérez vino.| ¿Y?| ¡No!",
        "很好吃。|服务很差。|不会再来。",
        "సినిమా బాగుంది.| డా. రావు వచ్చారు.",
        "“Never again!” she said.| “Right.”| So be it.",
        "“汤是凉的。”他说。|走了",
        "good.|But bad.| See www.shop.com now.",
        "First line\n|Second line.\n\n|Third…| no",
        "I waited...",
    ],
)
def test_sentences(said: str) -> None:
    parts = said.split("|")
    text = "".join(parts)
    assert [text[start:end] for start, end in sentences(text)] == [part.strip() for part in parts]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("don't e-mail 3.5 or 1,200 at 10:30", "don't e-mail 3.5 or 1,200 at 10:30"),
        ("good,but 'quoted' z.B.", "good but quoted z B"),
        ("ఆన్\u200cలైన్ సైట్", "ఆన్\u200cలైన్ సైట్"),
        ("iPhone很好，5星", "iPhone 很 好 5 星"),
        ("ㄅㄆ です", "ㄅ ㄆ で す"),
    ],
)
def test_words(text: str, found: str) -> None:
    assert words(text) == found.split(" ")


def test_vowel_signs_belong_to_words() -> None:
    assert ends_in_word("బాగుంది") and not ends_in_word("బాగుంది.")
    assert word_goes_on("మంచివి", 4) and not word_goes_on("మంచి, వి", 4)
    assert unspaced("很好。") and not unspaced("మంచి")


@pytest.mark.parametrize(
    ("text", "token", "found"),
    [
        ("A new App, at last", "app", True),
        ("snapped, reapplied", "app", False),
        ("apps", "app", False),
        ("two batteries", "batter", True),
        ("instead of steam", "tea", False),
        ("für drei Euro", "Ei", False),
        ("Коты спят", "коты", True),
        ("дискотека, локоть", "кот", False),
        ("Тёплый приём", "теплый прием", True),
        ("పాత ఫోన్‌లో", "ఫోన్", True),
        ("స్మార్ట్ఫోన్", "ఫోన్", False),
        ("هذا الكتاب", "كتاب", True),
        ("مكتاب", "كتاب", False),
        ("배터리가 나갔다", "배터리", True),
        ("电池两天就没电了", "没电", True),
        ("バッテリーが切れた", "切れ", True),
        ("I don’t know", "don't", True),
        ("4 of 14 stars", "4", True),
        ("14 stars", "4", False),
        ("great :)", ":)", True),
    ],
)
def test_mentions(text: str, token: str, found: bool) -> None:
    assert mentions(text, token) is found
