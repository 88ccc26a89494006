"""Labels that narrow the data: which are gold and which the model's answer."""

import pytest

from tests.parsing import composed


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "How accurate is the model on negative reviews?"),
        ("de", "Wie hoch ist die Genauigkeit des Modells bei negativen Bewertungen?"),
        ("es", "¿Qué exactitud tiene el modelo en reseñas negativas?"),
        ("ru", "Какова точность модели на отрицательных отзывах?"),
        ("zh", "模型在负面评论上的准确率是多少"),
        ("te", "ప్రతికూల రివ్యూలపై మోడల్ ఖచ్చితత్వం ఎంత?"),
    ],
)
def test_a_label_that_describes_instances_is_the_gold_one(language: str, text: str) -> None:
    assert composed(text, "score", language=language) == "score(metric=accuracy) where label = negative"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Wie viele negative Bewertungen hält das Modell für positiv?"),
        ("es", "¿cuántas reseñas negativas clasifica el modelo como positivas?"),
        ("ru", "Сколько отрицательных отзывов модель посчитала положительными?"),
        ("zh", "模型把多少条负面评论判为正面？"),
        ("te", "మోడల్ ఎన్ని ప్రతికూల రివ్యూలను సానుకూలంగా అంచనా వేసింది?"),
        ("en", "how many negative reviews did you call positive"),
        ("en", "how many negative ones were mistaken for positive?"),
        ("de", "wie viele negative hältst du für positiv"),
        ("de", "positiv vorhergesagte negative Bewertungen"),
        ("es", "cuántas negativas crees que son positivas"),
        ("es", "cuántas negativas tomaste por positivas"),
        ("fr", "combien d'avis négatifs crois-tu positifs"),
        ("ru", "сколько отрицательных модель приняла за положительные?"),
        ("ru", "сколько отрицательных модель спутала с положительными"),
        ("zh", "有多少差评被模型误判成好评？"),
        ("zh", "被误认为好评的差评有哪些"),
        ("te", "నెగటివ్ రివ్యూలను పాజిటివ్ గా పొరబడినవి ఎన్ని"),
    ],
)
def test_the_other_label_is_the_answer(language: str, text: str) -> None:
    assert composed(text, "count", language=language) in (
        "count where label = negative and prediction = positive",
        "count where prediction = positive and label = negative",
    )


@pytest.mark.parametrize(
    ("operation", "text", "query"),
    [
        ("predict", "predict all negative reviews", "predict where label = negative"),
        ("show", "show predicted negative reviews", "show where prediction = negative"),
        ("count", "how many does the model call positive", "count where prediction = positive"),
    ],
)
def test_what_touches_a_label_says_which_kind_it_is(operation: str, text: str, query: str) -> None:
    assert composed(text, operation) == query


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        ("en", "how many of them mention battery", 'previous and includes("battery")'),
        ("en", "which of these mention the screen", 'previous and includes("screen")'),
        ("de", "wie viele davon erwähnen den Akku", 'previous and includes("Akku")'),
        ("es", "¿cuántas de esas mencionan la batería?", 'previous and includes("batería")'),
        ("fr", "combien d'entre eux mentionnent la batterie", 'previous and includes("batterie")'),
    ],
)
def test_of_them_points_back_also_before_a_filter(language: str, text: str, query: str) -> None:
    assert composed(text, "count", language=language) == f"count where {query}"
