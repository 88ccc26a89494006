"""Filters and ids as people say them, in six languages."""

import pytest

from tests.parsing import composed


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        ("en", 'show reviews that mention "battery"', 'show where includes("battery")'),
        ("en", "show reviews that mention battery or screen", 'show where includes("battery") or includes("screen")'),
        (
            "en",
            "show those labelled negative but predicted positive",
            "show where label = negative and prediction = positive",
        ),
        ("en", "show the ones that are not labelled neutral", "show where not label = neutral"),
        ("en", "show texts longer than 20 words", "show where words > 20"),
        ("en", "show texts with at most 100 characters", "show where chars <= 100"),
        ("en", "show reviews of exactly two sentences", "show where sents = 2"),
        (
            "en",
            "show negative or neutral reviews with fewer than 8 words",
            "show where (label = negative or label = neutral) and words < 8",
        ),
        ("en", "among those, show the positive ones", "show where previous and label = positive"),
        ("en", "show ids 3, 5 and 7", "show where id = 3 or id = 5 or id = 7"),
        (
            "de",
            "zeig Texte, die „Akku“ enthalten und nicht positiv sind",
            'show where includes("Akku") and not label = positive',
        ),
        ("de", "zeig als negativ vorhergesagte Bewertungen", "show where prediction = negative"),
        ("de", "zeig Texte mit mindestens drei Sätzen", "show where sents >= 3"),
        ("es", "muestra las reseñas de menos de 10 palabras", "show where words < 10"),
        (
            "es",
            "muestra las que contienen «batería» o «pantalla»",
            'show where includes("batería") or includes("pantalla")',
        ),
        ("ru", "покажи отзывы со словом «батарея»", 'show where includes("батарея")'),
        ("ru", "покажи тексты длиннее 20 слов", "show where words > 20"),
        ("zh", "显示包含“电池”的负面评论", 'show where includes("电池") and label = negative'),
        ("zh", "显示超过20个词的评论", "show where words > 20"),
        ("te", "20 పదాల కంటే ఎక్కువున్న రివ్యూలు చూపు", "show where words > 20"),
        ("te", "నెగటివ్ లేబుల్ ఉన్న సమీక్షలు చూపించు", "show where label = negative"),
        ("te", "'రైలు' అనే పదం ఉన్న సమీక్షలు చూపించు", 'show where includes("రైలు")'),
    ],
)
def test_filters(language: str, text: str, query: str) -> None:
    assert composed(text, "show", language=language) == query


@pytest.mark.parametrize(
    ("operation", "text", "query"),
    [
        ("predict", "is 12 positive or negative?", "predict where id = 12"),
        ("predict", "positive or negative?", "predict"),
        ("likelihood", "how sure are you that it is positive?", "likelihood"),
        ("counterfactual", "make 12 positive", "counterfactual(label=positive) where id = 12"),
        ("predict", 'predict "all 12 of them were bad" next to id 7', 'predict on "all 12 of them were bad"'),
        ("count", "how many data are there in this data set?", "count"),
        ("keywords", "the 10 most frequent words", "keywords(k=10)"),
        ("labels", "are there more positive or negative ones?", "labels"),
        ("functions", "what can you do with id 12?", "functions"),
        ("labels", "Which classes are there, and how often is each of those?", "labels"),
        ("mistakes", "My boss wants to see where you fail. Show me a few of those", "mistakes(kind=sample)"),
        ("counterfactual", "what of 1730 must change? And of 1745?", "counterfactual where id = 1730 or id = 1745"),
    ],
)
def test_what_is_no_filter(operation: str, text: str, query: str) -> None:
    assert composed(text, operation) == query
