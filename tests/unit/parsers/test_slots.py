"""Slots by rules, and the check that every value was said."""

import pytest

from core.dialogue import Call, Parse, Span, Utterance
from core.filters import ById, ByLength, Or
from parsers.rules.check import check
from parsers.rules.pipeline import compose
from parsers.rules.understanding import understand
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
        ("en", "same", "only those shorter than 20 words", "same where words < 20"),
        ("de", "same", "nur die unter 20 Wörtern", "same where words < 20"),
        ("ru", "same", "только короче 20 слов", "same where words < 20"),
        ("te", "same", "20 పదాల కంటే తక్కువ ఉన్నవి మాత్రమే", "same where words < 20"),
        ("zh", "same", "46也要", "same where id = 46"),
        ("en", "same", "give me 46 too", "same where id = 46"),
        ("de", "same", "noch die 12", "same where id = 12"),
        ("ru", "same", "ещё 5", "same(k=5)"),
        ("te", "same", "ఇంకో 3", "same(k=3)"),
        ("fr", "same", "encore 5", "same(k=5)"),
        ("ru", "same", "а ещё 46", "same where id = 46"),
        ("es", "same", "la 12 no, la 21", "same where id = 21"),
        ("fr", "same", "pas le 12, le 21", "same where id = 21"),
        ("te", "same", "54 వద్దు 45 చూపించు", "same where id = 45"),
        ("en", "predict", "is 12 positive or not", "predict where id = 12"),
        ("en", "similar", "is 12 similar to 15?", "similar where id = 15"),
        ("zh", "count", "只有一句话的评论有几条", "count where sents = 1"),
        ("en", "attribute", "why 12 and not 15?", "attribute where id = 12"),
        ("en", "attribute", "show 12, why is 15 negative?", "attribute where id = 12"),
        ("ru", "similar", "дай отзывов пять, похожих на 12", "similar(k=5) where id = 12"),
        ("en", "attribute", "why is 12 different from 15", "attribute where id = 12"),
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
        ("en", "similar", "ten like 12", "similar(k=10) where id = 12"),
        ("en", "similar", "2 or 3 reviews like 12", "similar(k=3) where id = 12"),
        ("zh", "similar", "跟12最像的评论5条", "similar(k=5) where id = 12"),
        ("en", "attribute", "why does 12 have 1 star?", "attribute where id = 12"),
        ("en", "attribute", "use saliency on 12", "attribute(method=saliency) where id = 12"),
        ("en", "attribute", "Explain 13, not 12", "attribute where id = 13"),
        ("de", "attribute", "Nicht 12, sondern 13 erklären", "attribute where id = 13"),
        ("es", "attribute", "explica la 13, no la 12", "attribute where id = 13"),
        ("ru", "attribute", "объясни не 12, а 13", "attribute where id = 13"),
        ("tr", "attribute", "12 yerine 13'ü açıkla", "attribute where id = 13"),
        ("ja", "attribute", "12ではなく13を説明して", "attribute where id = 13"),
        ("en", "attribute", "why aren't 12 and 15 positive?", "attribute(contrast=positive) where id = 12 or id = 15"),
        ("en", "same", "try 230 instead", "same where id = 230"),
        ("de", "same", "Nimm lieber 230", "same where id = 230"),
        ("es", "same", "mejor la 12", "same where id = 12"),
        ("en", "same", "give me five instead", "same(k=5)"),
        ("en", "same", "I'd like only 5", "same(k=5)"),
        ("zh", "same", "不是12，是13", "same where id = 13"),
        ("hi", "same", "बस 3 दिखाओ", "same(k=3)"),
        ("tr", "same", "sadece 3", "same(k=3)"),
        ("ar", "same", "فقط 3", "same(k=3)"),
        ("sw", "same", "3 tu", "same(k=3)"),
        ("es", "same", "¿y según tu modelo la 12?", "same where id = 12"),
        ("ja", "same", "3だけ", "same(k=3)"),
        (
            "es",
            "edit_label",
            "Ni la 71 ni la 72 son quejas; déjalas las dos como neutral.",
            "edit_label(label=neutral) where id = 71 or id = 72",
        ),
    ],
)
def test_slots(language: str, operation: str, text: str, query: str) -> None:
    assert composed(text, operation, language=language) == query


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "why is 12 negative and 15 positive?"),
        ("en", "why is 12 negative, but 15 is positive?"),
        ("de", "Warum ist 12 negativ und 15 positiv?"),
        ("es", "¿por qué 12 es negativa y 15 positiva?"),
        ("fr", "pourquoi 12 est négatif et 15 positif ?"),
        ("ru", "почему 12 отрицательный, а 15 положительный?"),
        ("zh", "为什么12是负面而15是正面？"),
        ("te", "12 ఎందుకు నెగటివ్, 15 ఎందుకు పాజిటివ్?"),
        ("tr", "neden 12 negatif ve 15 pozitif?"),
        ("hi", "12 नकारात्मक और 15 सकारात्मक क्यों है?"),
        ("ar", "لماذا 12 سلبي و15 إيجابي؟"),
        ("sw", "kwa nini 12 ni hasi na 15 ni chanya?"),
        ("ja", "なぜ12はネガティブで15はポジティブなのか"),
        ("es", "explica la 12 y la 15"),
        ("de", "erklär die 12 und die 15"),
        ("ar", "اشرح 12، 15"),
    ],
)
def test_several_instances(language: str, text: str) -> None:
    assert composed(text, "attribute", language=language) == "attribute where id = 12 or id = 15"


def test_runs_of_numbers() -> None:
    assert composed("explain 12 15 18", "attribute") == "attribute where id = 12 or id = 15 or id = 18"
    assert composed("explain 12 with 15 words", "attribute") == "attribute(k=15) where id = 12"
    assert composed("why is 12 negative? 3 words", "attribute") == "attribute(k=3) where id = 12"


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


@pytest.mark.parametrize(
    ("language", "operation", "text", "query"),
    [
        ("en", "predict", "Predict 12 with the quantized 8-bit model", "predict(precision=bnb-int8) where id = 12"),
        ("en", "predict", "Predict 12 with the model quantized to 3 bits", "predict(precision=rtn3) where id = 12"),
        ("de", "predict", "12 mit dem quantisierten 8-Bit-Modell", "predict(precision=bnb-int8) where id = 12"),
        ("es", "predict", "predice 12 con el modelo cuantizado de 8 bits", "predict(precision=bnb-int8) where id = 12"),
        ("ru", "predict", "предскажи 12 квантованной 8-битной моделью", "predict(precision=bnb-int8) where id = 12"),
        ("zh", "predict", "用量化后的8位模型预测第12条", "predict(precision=bnb-int8) where id = 12"),
        ("en", "predict", "Predict 12 with the quantized model", "predict(precision=bnb-nf4) where id = 12"),
        ("en", "predict", "Predict 12 with the unquantized model", "predict(precision=fp32) where id = 12"),
        (
            "en",
            "compare",
            "Compare the 8-bit quantized model with full precision on 12",
            "compare(precision=bnb-int8, reference=fp32) where id = 12",
        ),
        (
            "en",
            "compare",
            "Compare the quantized model with full precision on 12",
            "compare(precision=bnb-nf4, reference=fp32) where id = 12",
        ),
        ("en", "score", "What is its accuracy in full precision?", "score(metric=accuracy, precision=fp32)"),
        ("es", "score", "¿qué tal lo hace con precisión completa?", "score(metric=accuracy, precision=fp32)"),
        ("en", "score", "what precision does it have in full precision?", "score(metric=precision, precision=fp32)"),
    ],
)
def test_precisions(language: str, operation: str, text: str, query: str) -> None:
    assert composed(text, operation, language=language) == query


@pytest.mark.parametrize(
    ("language", "text", "label"),
    [
        ("en", "Set the label of 12 to positive, negative is wrong", "positive"),
        ("de", "Setz das Label von 12 auf positiv, negativ ist falsch", "positive"),
        ("es", "pon la etiqueta de 12 a positiva, la negativa está mal", "positive"),
        ("ru", "поставь 12 метку положительная, отрицательная неверна", "positive"),
        ("te", "12 లేబుల్ పాజిటివ్ చేయి, నెగటివ్ తప్పు", "positive"),
        ("en", "Change the label of 12 to negative from positive", "negative"),
        ("es", "cambia la etiqueta de 12 a negativa de positiva", "negative"),
        ("es", "ponle a 12 la etiqueta de negativa", "negative"),
        ("en", "relabel 12 from negative to positive", "positive"),
        ("te", "12 లేబుల్ నెగటివ్ నుండి పాజిటివ్‌కి మార్చు", "positive"),
    ],
)
def test_the_label_that_is_wanted(language: str, text: str, label: str) -> None:
    assert composed(text, "edit_label", language=language) == f"edit_label(label={label}) where id = 12"


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        (
            "en",
            "Show reviews predicted negative but actually positive",
            "prediction = negative and label = positive",
        ),
        ("en", "reviews that are truly positive", "label = positive"),
        (
            "de",
            "tatsächlich positive Rezensionen, die das Modell negativ nennt",
            "label = positive and prediction = negative",
        ),
        ("te", "అసలు నెగటివ్ రివ్యూలు", "label = negative"),
    ],
)
def test_what_is_actually_so_is_a_label(language: str, text: str, query: str) -> None:
    assert composed(text, "show", language=language) == f"show where {query}"


def test_what_is_actually_so_is_part_of_a_score() -> None:
    assert composed("what share of the actual positives does it find?", "score") == "score(metric=accuracy)"


@pytest.mark.parametrize(
    ("language", "operation", "text", "query"),
    [
        ("en", "attribute", 'explain "The room was cold" (id 12)', 'attribute on "The room was cold"'),
        ("en", "similar", '3 texts similar to "So cold" (id 12)', 'similar(k=3) on "So cold"'),
        ("en", "same", "And the second one?", "same where id = 2"),
        ("en", "attribute", "which words matter in the fourth one", "attribute where id = 4"),
        ("en", "same", "Explain it like I'm 5", "same(audience=novice)"),
        ("en", "attribute", "explain 12 like I'm 5", "attribute where id = 12"),
        ("en", "attribute", "explain 12 token by token", "attribute(granularity=token) where id = 12"),
        ("en", "attribute", "explain 12 with LIME and 15 with SHAP", "attribute(method=lime) where id = 12"),
        (
            "de",
            "attribute",
            "Welche 2 Sätze sind in 12 am wichtigsten?",
            "attribute(granularity=sentence, k=2) where id = 12",
        ),
        ("zh", "attribute", "第12条里哪2个句子最重要？", "attribute(granularity=sentence, k=2) where id = 12"),
        ("en", "attribute", "Why is 12 negative, in two sentences?", "attribute where id = 12"),
        ("es", "attribute", "¿Por qué es negativa la 12, en dos frases?", "attribute where id = 12"),
        ("zh", "attribute", "用两句话说明第12条为什么是负面", "attribute where id = 12"),
        ("en", "attribute", "explain 12 not with attention but with LIME", "attribute(method=lime) where id = 12"),
        ("ru", "attribute", "объясни 12 не через внимание, а через LIME", "attribute(method=lime) where id = 12"),
        ("zh", "attribute", "不要用注意力，用LIME解释第12条", "attribute(method=lime) where id = 12"),
        ("te", "attribute", "అటెన్షన్ కాకుండా LIME తో 12 వివరించు", "attribute(method=lime) where id = 12"),
        ("en", "same", "and rather than negative?", "same(contrast=negative)"),
        ("es", "same", "¿y en vez de negativa?", "same(contrast=negative)"),
        ("te", "same", "ప్రతికూలానికి బదులు?", "same(contrast=negative)"),
        (
            "de",
            "attribute",
            "warum eher positiv als negativ bei 12",
            "attribute(contrast=negative, label=positive) where id = 12",
        ),
        ("es", "augment", "3 paráfrasis de: No valía nada", 'augment(count=3) on "No valía nada"'),
        ("en", "attribute", "I have 2 questions: why is 12 negative?", "attribute where id = 12"),
        ("en", "count", "Tell me: how many reviews are longer than 20 words?", "count where words > 20"),
        ("zh", "count", "请告诉我：有多少条负面评论？", "count where label = negative"),
        ("zh", "show", "显示前10条", "show(most=10)"),
    ],
)
def test_numbers_methods_and_labels_are_what_their_words_make_of_them(
    language: str, operation: str, text: str, query: str
) -> None:
    assert composed(text, operation, language=language) == query
