"""The same question, asked in each of the six languages, is the same request."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Visit, ask

pytestmark = [pytest.mark.browser, pytest.mark.real]

TEXT = "El tren llegó tarde, pero el revisor fue muy amable"
QUESTIONS = {
    "predict where id = 12": {
        "en": "What does the model say about number 12?",
        "de": "Was sagt das Modell zu Nummer 12?",
        "es": "¿Qué dice el modelo del número 12?",
        "ru": "Что модель говорит про номер 12?",
        "zh": "第12条会被模型判成什么？",
        "te": "12వ వాక్యం గురించి మోడల్ ఏమంటుంది?",
    },
    "attribute(k=3, method=occlusion) where id = 12": {
        "en": "Which three words of 12 mattered most, going by occlusion?",
        "de": "Welche drei Wörter von 12 zählten laut Occlusion am meisten?",
        "es": "Según oclusión, ¿qué tres palabras del 12 pesaron más?",
        "ru": "Какие три слова в 12 были важнее всего по методу occlusion?",
        "zh": "用遮挡法看，12里哪三个词最重要？",
        "te": "occlusion ప్రకారం 12లో ఏ మూడు పదాలు ముఖ్యమైనవి?",
    },
    "count where label = negative and words > 20": {
        "en": "How many negative reviews have more than 20 words?",
        "de": "Wie viele negative Bewertungen haben mehr als 20 Wörter?",
        "es": "¿Cuántas reseñas negativas tienen más de 20 palabras?",
        "ru": "Сколько отрицательных отзывов длиннее 20 слов?",
        "zh": "超过20个词的负面评论有多少条？",
        "te": "20 పదాల కంటే ఎక్కువ ఉన్న నెగటివ్ సమీక్షలు ఎన్ని?",
    },
    "similar(k=4) where id = 12": {
        "en": "Find me four texts that are like 12.",
        "de": "Such mir vier Texte, die 12 ähneln.",
        "es": "Búscame cuatro textos parecidos al 12.",
        "ru": "Найди четыре текста, похожих на 12.",
        "zh": "帮我找四条和12相似的文本。",
        "te": "12 లాంటి నాలుగు వాక్యాలు వెతికి చూపించు.",
    },
    "score(metric=accuracy)": {
        "en": "How accurate is the model?",
        "de": "Wie genau ist das Modell?",
        "es": "¿Qué exactitud tiene el modelo?",
        "ru": "Какова точность модели (accuracy)?",
        "zh": "这个模型的准确率是多少？",
        "te": "ఈ మోడల్ ఖచ్చితత్వం ఎంత?",
    },
    f'predict on "{TEXT}"': {
        "en": f"What label would this get: {TEXT}",
        "de": f"Welches Label bekäme „{TEXT}“?",
        "es": f"¿Qué etiqueta recibiría «{TEXT}»?",
        "ru": f"Какую метку получит «{TEXT}»?",
        "zh": f"“{TEXT}”会得到什么标签？",
        "te": f"“{TEXT}” కి ఏ లేబుల్ వస్తుంది?",
    },
}


@pytest.mark.parametrize("language", ["en", "de", "es", "ru", "zh", "te"])
def test_the_same_question_is_the_same_request(visit: Visit, language: str) -> None:
    page = visit(language)
    understood = {}
    for query, questions in QUESTIONS.items():
        turn = ask(page, questions[language])
        assert turn.locator(".answer").get_attribute("lang") == language
        turn.locator(".understood summary").click()
        understood[query] = turn.locator(".edit input[name=query]").input_value()
    assert understood == {query: query for query in QUESTIONS}
