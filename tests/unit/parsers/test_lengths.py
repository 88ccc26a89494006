"""Lengths as people say them, in twelve languages."""

import pytest

from tests.parsing import composed


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        ("tr", "20 kelimeden daha uzun yorumlar", "words > 20"),
        ("tr", "20 kelimeden daha az yorumlar", "words < 20"),
        ("tr", "20 kelimeyi geçen yorumlar", "words > 20"),
        ("ja", "20語を超えるレビュー", "words > 20"),
        ("ja", "20文字を超えるレビュー", "chars > 20"),
        ("fr", "avis qui dépassent 20 mots", "words > 20"),
        ("fr", "avis qui ne dépassent pas 20 mots", "words <= 20"),
        ("fr", "avis supérieurs à 20 mots", "words > 20"),
        ("fr", "avis jusqu'à 10 mots", "words <= 10"),
        ("ar", "مراجعات تتجاوز 20 كلمة", "words > 20"),
        ("ar", "مراجعات تزيد عن 20 كلمة", "words > 20"),
        ("ar", "مراجعات لا تتجاوز 20 كلمة", "words <= 20"),
        ("hi", "20 शब्दों से बड़ी समीक्षाएं", "words > 20"),
        ("hi", "20 शब्दों तक की समीक्षाएं", "words <= 20"),
        ("de", "Rezensionen bis 10 Wörter", "words <= 10"),
        ("de", "Rezensionen, die länger sind als 10 Wörter", "words > 10"),
        ("sw", "maoni yanayozidi maneno 20", "words > 20"),
    ],
)
def test_comparisons(language: str, text: str, query: str) -> None:
    assert composed(text, "show", language=language) == f"show where {query}"


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        ("en", "show reviews with 20+ words", "words >= 20"),
        ("zh", "显示20+个词的评论", "words >= 20"),
        ("en", "Show sentences 10 words or longer", "words >= 10"),
        ("zh", "评论20个词以上", "words >= 20"),
        ("en", "Show reviews longer than 50", "words > 50"),
        ("de", "Zeig Rezensionen kürzer als 50", "words < 50"),
        ("es", "muestra reseñas más largas que 50", "words > 50"),
        ("ru", "покажи отзывы длиннее 50", "words > 50"),
        ("tr", "50'den uzun yorumlar", "words > 50"),
    ],
)
def test_lengths_in_other_orders_and_without_a_unit(language: str, text: str, query: str) -> None:
    assert composed(text, "show", language=language) == f"show where {query}"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "reviews with a word count between 5 and 10"),
        ("de", "Rezensionen mit Wortanzahl zwischen 5 und 10"),
        ("es", "reseñas con un número de palabras entre 5 y 10"),
        ("ru", "отзывы с числом слов от 5 до 10"),
        ("zh", "显示字数在5到10之间的评论"),
        ("sw", "kati ya maneno 5 na 10"),
    ],
)
def test_ranges_with_the_unit_first(language: str, text: str) -> None:
    assert composed(text, "show", language=language) == "show where words >= 5 and words <= 10"


def test_two_bounds_with_one_unit() -> None:
    text = "reviews with not more than 10 and not less than 5 words"
    assert composed(text, "show") == "show where words <= 10 and words >= 5"


def test_what_is_no_length() -> None:
    assert composed("show id 12 words or more", "show") == "show where id = 12"
    assert composed("show sentences 5 to 8", "show") == "show where id = 5 or id = 6 or id = 7 or id = 8"
    assert composed("Show review 12, it is longer than the rest", "show") == "show where id = 12"
    assert composed("reviews longer than 2 weeks ago", "show") == "show"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "reviews with fewer than 10 words or more than 50 words"),
        ("en", "reviews with fewer than 10 or more than 50 words"),
        ("de", "Bewertungen mit weniger als 10 Wörtern oder mehr als 50 Wörtern"),
        ("es", "reseñas con menos de 10 palabras o más de 50 palabras"),
        ("ru", "отзывы короче 10 слов или длиннее 50 слов"),
        ("zh", "少于10个词或超过50个词的评论"),
        ("te", "10 పదాల కంటే తక్కువ లేదా 50 పదాల కంటే ఎక్కువ ఉన్న రివ్యూలు"),
        ("fr", "avis de moins de 10 mots ou plus de 50 mots"),
    ],
)
def test_either_of_two_lengths(language: str, text: str) -> None:
    assert composed(text, "show", language=language) == "show where words < 10 or words > 50"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "reviews longer than one thousand characters"),
        ("de", "Bewertungen mit mehr als tausend Zeichen"),
        ("es", "reseñas de más de mil caracteres"),
        ("ru", "отзывы длиннее тысячи символов"),
    ],
)
def test_a_thousand_characters(language: str, text: str) -> None:
    assert composed(text, "show", language=language) == "show where chars > 1000"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "reviews with one sentence only"),
        ("de", "Bewertungen mit lediglich einem Satz"),
        ("fr", "les avis avec seulement une phrase"),
        ("fr", "les avis avec juste une phrase"),
        ("sw", "maoni yenye sentensi moja tu"),
        ("te", "ఒక వాక్యం మాత్రమే ఉన్న రివ్యూలు"),
        ("ja", "一文だけのレビュー"),
    ],
)
def test_one_with_stress(language: str, text: str) -> None:
    assert composed(text, "show", language=language) == "show where sents = 1"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "reviews between 10 words and 20 words"),
        ("de", "Bewertungen zwischen 10 Wörtern und 20 Wörtern"),
        ("es", "reseñas entre 10 palabras y 20 palabras"),
        ("te", "10 పదాల నుంచి 20 పదాల వరకు ఉన్న రివ్యూలు"),
        ("ja", "10語から20語のレビュー"),
        ("zh", "10个词到20个词的评论"),
    ],
)
def test_ranges_with_the_unit_said_twice(language: str, text: str) -> None:
    assert composed(text, "show", language=language) == "show where words >= 10 and words <= 20"


def test_less_than_with_a_sign_of_denial() -> None:
    assert (
        composed("10語未満のネガティブなレビュー", "show", language="ja")
        == "show where words < 10 and label = negative"
    )
    assert composed("未满10个词的评论", "show", language="zh") == "show where words < 10"
