"""Bare words to look for: which word it is, and where there is none."""

import pytest

from tests.parsing import composed


@pytest.mark.parametrize(
    ("language", "text", "word"),
    [
        ("en", "reviews that mention their battery", "battery"),
        ("es", "reseñas que mencionan su batería", "batería"),
        ("fr", "avis qui mentionnent du retard", "retard"),
        ("fr", "avis qui mentionnent des problèmes", "problèmes"),
        ("fr", "avis qui mentionnent l'écran", "écran"),
        ("de", "Rezensionen, die den Akku erwähnen", "Akku"),
        ("de", "Rezensionen, die den Akku erwähnen bitte", "Akku"),
        ("de", "Rezensionen, in denen der Akku vorkommt", "Akku"),
        ("ru", "отзывы, где есть слово доставка", "доставка"),
        ("zh", "提到了电池的评论", "电池"),
        ("zh", "提到过电池的评论", "电池"),
        ("zh", "包含电池这个词的评论", "电池"),
        ("zh", "有电池这个词的评论", "电池"),
        ("te", "బ్యాటరీ అనే పదం ఉన్న రివ్యూలు", "బ్యాటరీ"),
        ("tr", "içinde pil geçen yorumlar", "pil"),
        ("tr", "pil kelimesi geçen yorumlar", "pil"),
        ("hi", "जिनमें बैटरी शब्द है वो रिव्यू", "बैटरी"),
        ("ja", "電池という単語を含むレビュー", "電池"),
    ],
)
def test_the_word(language: str, text: str, word: str) -> None:
    assert composed(text, "show", language=language) == f'show where includes("{word}")'


@pytest.mark.parametrize(
    ("language", "text", "word"),
    [
        ("en", "reviews that mention no battery", "battery"),
        ("de", "Rezensionen, die den Akku nicht erwähnen", "Akku"),
        ("de", "Rezensionen, die keinen Akku erwähnen", "Akku"),
        ("zh", "没有电池这个词的评论", "电池"),
        ("tr", "pil geçmeyen yorumlar", "pil"),
    ],
)
def test_a_word_that_is_denied(language: str, text: str, word: str) -> None:
    assert composed(text, "show", language=language) == f'show where not includes("{word}")'


@pytest.mark.parametrize(
    ("language", "operation", "text", "query"),
    [
        ("en", "show", "look for very negative reviews", "show where label = negative"),
        ("en", "show", "Show all negative reviews including their predictions", "show where label = negative"),
        ("en", "mistakes", "I'm looking for mistakes", "mistakes(kind=sample)"),
        ("hi", "count", "कितनी समीक्षाओं में 20 से ज़्यादा शब्द हैं?", "count where words > 20"),
        ("ar", "count", "كم مراجعة أطول من 20 كلمة في البيانات؟", "count where words > 20"),
        ("de", "count", "Wie viele Rezensionen erwähnen bitte", "count"),
        ("de", "show", "Zeig Kritiken, die kurz sind", "show"),
    ],
)
def test_no_word_to_look_for(language: str, operation: str, text: str, query: str) -> None:
    assert composed(text, operation, language=language) == query


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        (
            "en",
            "reviews that mention battery, screen or price",
            'includes("battery") or includes("screen") or includes("price")',
        ),
        (
            "en",
            "reviews that mention battery, screen and price",
            'includes("battery") and includes("screen") and includes("price")',
        ),
        ("en", "reviews containing both battery and screen", 'includes("battery") and includes("screen")'),
        ("zh", "提到电池和屏幕的评论", 'includes("电池") and includes("屏幕")'),
        ("zh", "提到电池或者屏幕的评论", 'includes("电池") or includes("屏幕")'),
        ("de", "die den Akku oder das Display erwähnen", 'includes("Akku") or includes("Display")'),
    ],
)
def test_several_words(language: str, text: str, query: str) -> None:
    assert composed(text, "show", language=language) == f"show where {query}"


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "reviews that mention neither battery nor screen", ("battery", "screen")),
        ("de", "Rezensionen, die weder den Akku noch das Display erwähnen", ("Akku", "Display")),
    ],
)
def test_neither_of_two_words(language: str, text: str, words: tuple[str, str]) -> None:
    query = " and ".join(f'not includes("{word}")' for word in words)
    assert composed(text, "show", language=language) == f"show where {query}"


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        ("en", "reviews that contain the words battery and screen", 'includes("battery") and includes("screen")'),
        ("de", "Bewertungen, sie enthalten die Wörter Akku und Display", 'includes("Akku") and includes("Display")'),
        ("es", "las que contienen las palabras batería y pantalla", 'includes("batería") and includes("pantalla")'),
        ("ru", "отзывы, которые содержат слова батарея и экран", 'includes("батарея") and includes("экран")'),
        ("zh", "包含电池和屏幕这两个词的评论", 'includes("电池") and includes("屏幕")'),
        ("en", "reviews that mention battery but not screen", 'includes("battery") and not includes("screen")'),
        ("es", "mencionan la batería pero no la pantalla", 'includes("batería") and not includes("pantalla")'),
        ("ru", "упоминают батарею, но не экран", 'includes("батарею") and not includes("экран")'),
        ("es", "no mencionan ni la batería ni la pantalla", 'not includes("batería") and not includes("pantalla")'),
        ("ru", "не упоминают ни батарею, ни экран", 'not includes("батарею") and not includes("экран")'),
        ("de", "Texte, die weder Akku noch Display erwähnen", 'not includes("Akku") and not includes("Display")'),
    ],
)
def test_lists_of_words(language: str, text: str, query: str) -> None:
    assert composed(text, "show", language=language) == f"show where {query}"
