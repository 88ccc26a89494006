"""Questions about words that the model writes: the quotation is a slot, neither an own text nor a word to look for."""

import pytest

from core.dialogue import Call, Parse, Utterance
from core.filters import ById
from parsers.rules.pipeline import parse
from tests.parsing import REVIEWS, Oracle, texts_of

ASKED = {
    "en": 'Why did you write "great" for 12?',
    "de": "Warum hat das Modell bei Nr. 12 „gut“ geschrieben?",
    "es": "¿Por qué escribió «bueno» en la 12?",
    "ru": "Почему модель написала «отлично» для 12?",
    "zh": "为什么模型对第12条写出“很好”？",
    "te": '12కి మోడల్ "బాగుంది" అని ఎందుకు రాసింది?',
    "fr": "Pourquoi a-t-il écrit « bien » pour 12 ?",
    "ar": 'لماذا كتب النموذج "جيد" للرقم 12؟',
    "hi": '12 के लिए मॉडल ने "अच्छा" क्यों लिखा?',
    "tr": 'Model 12 için neden "iyi" yazdı?',
    "ja": "なぜモデルは12に「良い」と書いたのですか？",
    "sw": 'Kwa nini modeli iliandika "nzuri" kwa 12?',
}


@pytest.mark.parametrize(("language", "text"), ASKED.items())
def test_words_that_the_model_wrote(language: str, text: str) -> None:
    parse = parsed(text, language)
    assert parse.calls[0].operation == "attribute"
    assert parse.calls[0].slot("written") in text
    assert parse.where == ById(12)
    assert parse.custom == ()


def test_behind_a_text_of_the_users_own() -> None:
    parse = parsed('Why does the model continue with "boring" after "The film was long and"?')
    assert parse.calls[0].slot("written") == "boring"
    assert texts_of(parse) == ["The film was long and"]


@pytest.mark.parametrize(
    "text",
    [
        'A guest wrote "cold food". Why is that negative?',
        "Ein Gast schreibt „Das Essen war kalt“. Warum?",
        'Why is "I wrote a bad letter to the firm" negative?',
        'Why did the person who wrote "I waited two hours for them and nobody came at all" get that answer?',
        'Why did the model output "negative" for "cold food"?',
    ],
)
def test_texts_that_people_wrote_are_explained(text: str) -> None:
    parse = parsed(text)
    assert parse.calls[0].slot("written") is None
    assert parse.custom


def parsed(text: str, language: str = "en") -> Parse:
    return parse(Utterance(text, language), REVIEWS, Oracle(Call("attribute")), "oracle")
