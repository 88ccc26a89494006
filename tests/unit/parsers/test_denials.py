"""What words of denial deny, and what they leave as it is."""

import pytest

from tests.parsing import composed


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "reviews that do not have more than 10 words"),
        ("en", "reviews that aren't longer than 10 words"),
        ("en", "reviews not over 10 words"),
        ("en", "show those whose length is not over 10 words"),
        ("de", "Rezensionen, die nicht länger sind als 10 Wörter"),
        ("es", "reseñas no más largas que 10 palabras"),
        ("es", "reseñas que no tengan más de 10 palabras"),
        ("ru", "отзывы, где нет больше 10 слов"),
        ("zh", "不是超过10个词的评论"),
        ("te", "10 పదాల కంటే ఎక్కువ లేని రివ్యూలు"),
        ("fr", "avis qui ne sont pas plus longs que 10 mots"),
        ("ar", "مراجعات ليست أطول من 10 كلمات"),
        ("tr", "10 kelimeden uzun olmayan yorumlar"),
        ("hi", "10 शब्दों से ज़्यादा नहीं"),
        ("ja", "10語より長くないレビュー"),
        ("sw", "maoni ambayo si zaidi ya maneno 10"),
    ],
)
def test_a_denied_comparison_turns_round(language: str, text: str) -> None:
    assert composed(text, "show", language=language) == "show where words <= 10"


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        ("en", "not fewer than 10 words", "words >= 10"),
        ("en", "not exactly 10 words", "words != 10"),
        ("en", "not negative, over 10 words", "not label = negative and words > 10"),
        ("en", "those that are not neutral with over 10 words", "not label = neutral and words > 10"),
        ("de", "Rezensionen ohne „Akku“ mit mehr als 10 Wörtern", 'not includes("Akku") and words > 10'),
        ("es", "reseñas que no llegan a 10 palabras", "words < 10"),
        ("zh", "不到10个词的评论", "words < 10"),
        ("zh", "不是负面的超过10个词的评论", "not label = negative and words > 10"),
    ],
)
def test_a_denial_of_something_else_turns_no_comparison(language: str, text: str, query: str) -> None:
    assert composed(text, "show", language=language) == f"show where {query}"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "reviews that are neither positive nor negative"),
        ("en", "reviews that are not positive or negative"),
        ("de", "Rezensionen, die weder positiv noch negativ sind"),
        ("de", "keine positiven oder negativen Rezensionen"),
        ("es", "reseñas que no son ni positivas ni negativas"),
        ("es", "reseñas ni positivas ni negativas"),
        ("ru", "ни положительные, ни отрицательные отзывы"),
        ("zh", "既不是正面也不是负面的评论"),
        ("te", "పాజిటివ్ లేదా నెగటివ్ కాని రివ్యూలు"),
        ("fr", "avis ni positifs ni négatifs"),
        ("ar", "مراجعات ليست إيجابية ولا سلبية"),
        ("tr", "ne olumlu ne olumsuz yorumlar"),
        ("hi", "न सकारात्मक न नकारात्मक रिव्यू"),
        ("ja", "ポジティブでもネガティブでもないレビュー"),
        ("sw", "maoni ambayo si chanya wala hasi"),
    ],
)
def test_neither_nor(language: str, text: str) -> None:
    assert composed(text, "show", language=language) == "show where not label = positive and not label = negative"


def test_neither_of_two_words() -> None:
    query = 'show where not includes("battery") and not includes("screen")'
    assert composed("reviews without the word battery or screen", "show") == query
    assert composed('reviews that do not mention "battery" or "screen"', "show") == query


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        ("zh", "类别是负面的有多少条", "label = negative"),
        ("zh", "类别为负面的评论", "label = negative"),
        ("zh", "给我看非常负面的评论", "label = negative"),
        ("zh", "分别显示正面的评论", "label = positive"),
        ("zh", "有没有负面的评论？", "label = negative"),
        ("zh", "能不能显示负面的评论", "label = negative"),
        ("zh", "可不可以给我看正面的评论", "label = positive"),
        ("zh", "没有中性的吗？", "label = neutral"),
        ("en", "Are there no neutral reviews?", "label = neutral"),
        ("de", "Gibt es keine neutralen Rezensionen?", "label = neutral"),
        ("es", "¿No hay neutrales?", "label = neutral"),
        ("es", "reseñas donde no hay positivas", "not label = positive"),
        ("ru", "Нет ли нейтральных отзывов?", "label = neutral"),
        ("ru", "отсей из отзывов всё, кроме текстов длиннее 15 слов", "words > 15"),
        ("en", "remove all except negative ones", "label = negative"),
        ("ru", "Не покажешь отрицательные отзывы?", "label = negative"),
        ("fr", "N'y a-t-il pas d'avis neutres ?", "label = neutral"),
        ("en", "I haven't seen negative reviews yet, show me some", "label = negative"),
        ("en", "show not only negative reviews but positive ones", "label = negative or label = positive"),
        ("de", "zeig mir noch negative Rezensionen", "label = negative"),
        ("tr", "ne kadar olumlu yorum var?", "label = positive"),
        ("sw", "maoni ambayo ni chanya", "label = positive"),
    ],
)
def test_what_only_looks_like_a_denial(language: str, text: str, query: str) -> None:
    assert composed(text, "count", language=language) == f"count where {query}"


@pytest.mark.parametrize(
    ("language", "text", "label"),
    [
        ("ar", "لا، 12 إيجابي", "positive"),
        ("ar", "هذا غير صحيح، 12 إيجابي", "positive"),
        ("ar", "غير 12 إلى سلبي", "negative"),
        ("ar", "غير تسمية 12 إلى سلبي", "negative"),
        ("de", "Das stimmt nicht - 12 ist positiv", "positive"),
        ("de", "Nein, nicht so: 12 ist positiv", "positive"),
        ("ru", "Это не так - 12 положительный", "positive"),
        ("zh", "能不能把第12条的标签改成正面？", "positive"),
        ("zh", "不如把12标为负面", "negative"),
        ("zh", "要不把12的标签改成正面吧", "positive"),
    ],
)
def test_a_denial_ends_with_its_clause(language: str, text: str, label: str) -> None:
    assert composed(text, "edit_label", language=language) == f"edit_label(label={label}) where id = 12"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I don't see why 12 is negative"),
        ("de", "Ich versteh nicht wieso negativ bei 12"),
        ("es", "no entiendo por qué 12 es negativa"),
        ("hi", "समझ नहीं आया 12 नकारात्मक क्यों है"),
        ("zh", "我不明白为什么第12条是负面的"),
    ],
)
def test_what_is_not_understood_is_not_denied(language: str, text: str) -> None:
    assert composed(text, "attribute", language=language) == "attribute where id = 12"


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        ("en", 'reviews without "ok" labelled negative', 'not includes("ok") and label = negative'),
        ("de", "Bewertungen ohne „Akku“ mit Label negativ", 'not includes("Akku") and label = negative'),
        ("ru", "отзывы без «ок» с меткой negative", 'not includes("ок") and label = negative'),
        ("zh", "不含“电池”的负面评论", 'not includes("电池") and label = negative'),
    ],
)
def test_a_denial_ends_at_the_value_that_it_denies(language: str, text: str, query: str) -> None:
    assert composed(text, "show", language=language) == f"show where {query}"
