"""Slots by rules, and the check that every value was said."""

import pytest

from core.dialogue import Call, Parse, Span, Utterance
from core.filters import ById, ByLength, Or
from parsers.check import check
from parsers.pipeline import compose
from parsers.understanding import understand
from tests.parsing import REVIEWS, composed


@pytest.mark.parametrize(
    ("language", "operation", "text", "query"),
    [
        ("en", "attribute", "top 3 words of id 12 with LIME", "attribute(k=3, method=lime) where id = 12"),
        ("en", "attribute", "explain 12 with input gradient", "attribute(method=input_x_gradient) where id = 12"),
        ("en", "attribute", "what does it pay attention to in 12?", "attribute where id = 12"),
        ("en", "attribute", "the single most important token in 12", "attribute where id = 12"),
        (
            "en",
            "attribute",
            "why is 12 positive rather than neutral?",
            "attribute(contrast=neutral, label=positive) where id = 12",
        ),
        ("en", "attribute", "why isn't 12 positive?", "attribute(contrast=positive) where id = 12"),
        ("en", "attribute", "why won’t 12 be positive?", "attribute(contrast=positive) where id = 12"),
        ("hi", "attribute", "12 सकारात्मक क्यों नहीं है?", "attribute(contrast=positive) where id = 12"),
        ("sw", "attribute", "kwa nini 12 si chanya", "attribute(contrast=positive) where id = 12"),
        ("fr", "attribute", "gradient d’entrée pour 12", "attribute(method=input_x_gradient) where id = 12"),
        (
            "es",
            "attribute",
            "explica la 12 con puntuaciones aleatorias",
            "attribute(method=random_scores) where id = 12",
        ),
        ("zh", "attribute", "用随机分数解释第12条", "attribute(method=random_scores) where id = 12"),
        ("ru", "show", "покажи случайный отзыв", "show"),
        ("en", "attribute", "explain 12 more simply", "attribute where id = 12"),
        ("es", "attribute", "explica la 12 más sencillo", "attribute where id = 12"),
        ("fr", "attribute", "explique 12 plus simplement", "attribute where id = 12"),
        ("es", "attribute", "muestra 3 palabras importantes de la 12", "attribute(k=3) where id = 12"),
        ("es", "counterfactual", "muestra dos contraejemplos de la 12", "counterfactual(count=2) where id = 12"),
        ("ar", "edit_label", "صنف 12 كسلبية", "edit_label(label=negative) where id = 12"),
        ("ja", "score", "精度は?", "score(metric=precision)"),
        ("zh", "attribute", "第12条为什么不是正面？", "attribute(contrast=positive) where id = 12"),
        ("te", "attribute", "12 ఎందుకు పాజిటివ్ కాదు?", "attribute(contrast=positive) where id = 12"),
        ("en", "attribute", "why is 12 negative?", "attribute where id = 12"),
        ("en", "attribute", "explain 12 sentence by sentence", "attribute(granularity=sentence) where id = 12"),
        ("en", "counterfactual", "two counterfactuals for id 12", "counterfactual(count=2) where id = 12"),
        ("en", "edit_label", "relabel 12 from negative to positive", "edit_label(label=positive) where id = 12"),
        ("en", "similar", "show 5 neighbours of 12", "similar(k=5) where id = 12"),
        ("en", "rationalize", "explain 12 in words, criticised and rewritten", "rationalize(refine=yes) where id = 12"),
        ("te", "rationalize", "12 ను మాటల్లో వివరించి మెరుగుపరచు", "rationalize(refine=yes) where id = 12"),
        ("en", "score", "how precise is it?", "score(metric=precision)"),
        ("en", "mistakes", "how many mistakes?", "mistakes(kind=count)"),
        ("en", "tutorial", "what is a counterfactual?", "tutorial(topic=counterfactual)"),
        ("en", "same", "only the top 3", "same(k=3)"),
        ("en", "same", "and for 12?", "same where id = 12"),
        (
            "de",
            "attribute",
            "die drei wichtigsten Wörter von Satz 12 mit integrierten Gradienten",
            "attribute(k=3, method=integrated_gradients) where id = 12",
        ),
        (
            "de",
            "attribute",
            "warum ist 12 negativ und nicht neutral?",
            "attribute(contrast=neutral, label=negative) where id = 12",
        ),
        (
            "es",
            "attribute",
            "¿por qué 12 es positiva en vez de neutral?",
            "attribute(contrast=neutral, label=positive) where id = 12",
        ),
        ("ru", "edit_label", "поменяй метку 12 на отрицательную", "edit_label(label=negative) where id = 12"),
        ("zh", "attribute", "用LIME解释第12条最重要的3个词", "attribute(k=3, method=lime) where id = 12"),
        (
            "zh",
            "attribute",
            "第12条为什么是正面而不是中性",
            "attribute(contrast=neutral, label=positive) where id = 12",
        ),
        ("te", "attribute", "LIMEతో 605ని విశ్లేషించు", "attribute(method=lime) where id = 605"),
        (
            "te",
            "attribute",
            "12 తటస్థం కాకుండా పాజిటివ్ ఎందుకైంది?",
            "attribute(contrast=neutral, label=positive) where id = 12",
        ),
        ("fr", "attribute", "les trois mots les plus importants de l'exemple 12", "attribute(k=3) where id = 12"),
        ("tr", "similar", "12 numaralı örneğe en benzer 3 örnek", "similar(k=3) where id = 12"),
    ],
)
def test_slots(language: str, operation: str, text: str, query: str) -> None:
    assert composed(text, operation, language=language) == query


def test_check_drops_what_was_not_said() -> None:
    seen = understand(Utterance("show 12"), REVIEWS)
    invented = Call("attribute", (("k", 3), ("label", "positive"), ("method", "lime")))
    assert check(Parse((invented,), ById(12)), seen) == Parse((Call("attribute"),), ById(12))
    assert check(Parse((Call("show"),), ById(13)), seen).where is None
    assert check(Parse((Call("show"),), Or((ById(12), ByLength("words", "less", 4)))), seen).where is None


def test_check_drops_what_the_operation_does_not_take() -> None:
    seen = understand(Utterance('labels of "so nice here" 12'), REVIEWS)
    span = Span("so nice here", 11, 23)
    assert check(Parse((Call("functions", (("k", 12),)),), ById(12), (span,)), seen) == Parse((Call("functions"),))
    assert check(Parse((Call("predict"),), None, (span, Span("so", 0, 2))), seen).custom == (span,)


@pytest.mark.parametrize(
    ("language", "operation", "text", "label"),
    [
        ("en", "attribute", "why is 12 negative?", "negative"),
        ("de", "rationalize", "erklär in einem Satz, warum 12 positiv ist", "positive"),
        ("es", "influence", "¿qué ejemplos hicieron que 12 sea neutral?", "neutral"),
        ("te", "attribute", "12 ఎందుకు నెగటివ్?", "negative"),
        ("en", "attribute", "why isn't 12 positive?", ""),
        ("en", "attribute", "why isn’t 12 positive?", ""),
        ("hi", "attribute", "12 सकारात्मक क्यों नहीं है?", ""),
        ("en", "attribute", "why is 12 positive rather than neutral?", ""),
        ("en", "attribute", "is 12 positive or negative, and why?", ""),
        ("en", "counterfactual", "make 12 positive", ""),
    ],
)
def test_what_a_question_for_reasons_takes_for_granted(language: str, operation: str, text: str, label: str) -> None:
    seen = understand(Utterance(text, language), REVIEWS, None)
    assert compose(seen, [Call(operation)], 1.0, "rules").supposed == label
