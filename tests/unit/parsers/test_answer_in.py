"""The language that an answer is wanted in, said in words."""

from __future__ import annotations

import pytest

from core.dialogue import Call
from parsers.rules.answer_language import answer_in

WHY, COUNT, COMPARE = Call("attribute"), Call("count"), Call("compare")


@pytest.mark.parametrize(
    ("request_", "wanted"),
    [
        ("Explain id 12 in German", "de"),
        ("why 12? answer in Spanish please", "es"),
        ("Erkläre Nummer 12 bitte auf Englisch", "en"),
        ("explica el 12 en alemán", "de"),
        ("объясни 12 по-немецки", "de"),
        ("объясни двенадцатый на телугу", "te"),
        ("用德语解释第12条", "de"),
        ("12 ఎందుకు అలా వచ్చింది? ఇంగ్లీషులో చెప్పు", "en"),
        ("explique le 12 en russe", "ru"),
        ("اشرح رقم 12 بالألمانية", "de"),
        ("12 को हिंदी में समझाओ", "hi"),
        ("12 numarayı almanca açıkla", "de"),
        ("12番をドイツ語で説明して", "de"),
        ("eleza 12 kwa kijerumani", "de"),
        ("not in English, in German: why 12?", "de"),
        ("why is 12 negative?", ""),
        ("why does the German one count as positive?", ""),
    ],
)
def test_the_language_said_last_is_wanted(request_: str, wanted: str) -> None:
    assert answer_in(request_, [WHY], "") == wanted


@pytest.mark.parametrize(
    ("request_", "call", "wanted"),
    [
        ("how many reviews are in German?", COUNT, ""),
        ("తెలుగులో ఎన్ని రివ్యూలు ఉన్నాయి?", COUNT, ""),
        ("तेलुगु में कितनी समीक्षाएँ हैं?", COUNT, ""),
        ("does it explain itself the same in German?", COMPARE, ""),
        ("how many reviews are there? answer in German", COUNT, "de"),
        ("antworte mir bitte auf Deutsch: wie viele sind es?", COUNT, "de"),
    ],
)
def test_a_language_of_the_data_is_none_of_the_answer(request_: str, call: Call, wanted: str) -> None:
    assert answer_in(request_, [call], "") == wanted


def test_signs_without_spaces_are_counted_one_by_one() -> None:
    assert answer_in("请用德语回答：一共有多少条", [COUNT], "zh") == "de"
    assert answer_in("用德语写的评论一共有多少条，请尽快回答", [COUNT], "zh") == ""
