"""Messages of a few words that rules alone read, whatever a reader would make of them."""

import pytest

from core.dialogue import Call, Utterance
from parsers.notation.canonical import write
from parsers.rules.pipeline import parse
from tests.parsing import REVIEWS, Oracle


def read(text: str, language: str) -> str:
    return write(parse(Utterance(text, language), REVIEWS, Oracle(Call("show")), "oracle"))


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        ("en", "why?", "attribute"),
        ("de", "Warum?", "attribute"),
        ("es", "¿Por qué?", "attribute"),
        ("ru", "почему?", "attribute"),
        ("zh", "为什么？", "attribute"),
        ("te", "ఎందుకు?", "attribute"),
        ("en", "And what would have to change?", "counterfactual"),
        ("de", "Was müsste sich ändern?", "counterfactual"),
        ("es", "¿Y qué tendría que cambiar?", "counterfactual"),
        ("ru", "Что нужно изменить?", "counterfactual"),
        ("zh", "需要改变什么？", "counterfactual"),
        ("te", "ఏమి మారాలి?", "counterfactual"),
        ("en", "Are you sure?", "likelihood"),
        ("zh", "它有多大把握？", "likelihood"),
        ("en", "stop", "none"),
        ("es", "otra vez", "same"),
        ("te", "మళ్ళీ", "same"),
        ("es", "deshacer", "undo"),
        ("en", "again with LIME", "same(method=lime)"),
        ("de", "Noch einmal mit LIME", "same(method=lime)"),
        ("es", "otra vez con LIME", "same(method=lime)"),
        ("ru", "ещё раз с LIME", "same(method=lime)"),
        ("zh", "用LIME再来一次", "same(method=lime)"),
        ("te", "LIMEతో మళ్ళీ", "same(method=lime)"),
        ("en", "what made you say that?", "attribute"),
        ("de", "Wie kommst du darauf?", "attribute"),
        ("es", "¿En qué te basas?", "attribute"),
        ("fr", "Qu'est-ce qui t'a fait dire ça ?", "attribute"),
        ("ru", "С чего ты взял?", "attribute"),
        ("zh", "依据是什么？", "attribute"),
        ("te", "నీకు ఎలా తెలుసు?", "attribute"),
        ("en", "which words?", "attribute"),
        ("de", "welche Wörter?", "attribute"),
        ("fr", "et quels mots exactement ?", "attribute"),
        ("en", "how good are you?", "score(metric=accuracy)"),
        ("de", "Wie gut bist du?", "score(metric=accuracy)"),
        ("es", "¿Qué tan preciso eres?", "score(metric=accuracy)"),
        ("fr", "Le modèle est-il bon ?", "score(metric=accuracy)"),
        ("ru", "Насколько ты хорош?", "score(metric=accuracy)"),
        ("zh", "你准吗？", "score(metric=accuracy)"),
        ("en", "12", "same where id = 12"),
        ("en", "345, please", "same where id = 345"),
        ("ru", "12-я", "same where id = 12"),
        ("zh", "12号", "same where id = 12"),
    ],
)
def test_a_word_or_two_that_say_everything(language: str, text: str, query: str) -> None:
    assert read(text, language) == query


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "only the top 3"),
        ("de", "nur die drei wichtigsten"),
        ("es", "solo las 3 principales"),
        ("ru", "только 3 самых важных слова"),
        ("zh", "只看前 3 个词"),
        ("te", "టాప్ 3 మాత్రమే"),
        ("fr", "seulement les 3 premiers"),
        ("hi", "केवल शीर्ष 3"),
    ],
)
def test_only_so_many(language: str, text: str) -> None:
    assert read(text, language) == "same(k=3)"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Is 12 negative?"),
        ("en", "Is review 12 positive or negative?"),
        ("de", "Ist die 12 negativ?"),
        ("es", "¿Es negativa la 12?"),
        ("ru", "Отзыв 12 отрицательный?"),
        ("zh", "第12条是负面吗？"),
        ("te", "12 ప్రతికూలమా?"),
        ("fr", "12 est-il négatif ?"),
        ("ar", "هل 12 سلبية؟"),
        ("hi", "क्या 12 नकारात्मक है?"),
        ("tr", "12 olumsuz mu?"),
        ("ja", "12は否定的ですか?"),
        ("sw", "Je, 12 ni hasi?"),
        ("en", "Is it true that 12 is negative?"),
        ("ru", "Это правда, что 12 отрицательный"),
        ("ru", "12 правда отрицательный?"),
        ("zh", "第12条是负面，对吗？"),
    ],
)
def test_whether_an_instance_has_a_label_asks_for_the_answer(language: str, text: str) -> None:
    assert read(text, language) == "predict where id = 12"


@pytest.mark.parametrize(
    "text",
    ["Does 12 say anything negative?", "review 12", "Are 12 reviews negative?", "stop showing 12", "only 3 of 12"],
)
def test_a_message_that_says_more_is_left_to_the_reader(text: str) -> None:
    assert read(text, "en").startswith("show")
