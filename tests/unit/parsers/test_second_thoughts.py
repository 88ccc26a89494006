"""Where the words of a message outweigh a reader that wavers."""

from __future__ import annotations

import pytest

from core.dialogue import Call, Utterance
from parsers.rules.guesses import UNSURE, Guess
from parsers.rules.second_thoughts import POSSIBLE, thought_over
from parsers.rules.understanding import understand
from tests.parsing import REVIEWS

WHY = {
    "ar": "لماذا صنف النموذج «كان الطعام باردا جدا» هكذا؟",
    "en": "why did it call “the soup came in cold” that?",
    "de": "warum nennt es „die Suppe kam kalt“ so?",
}


@pytest.mark.parametrize("language", WHY)
def test_what_the_words_name_is_acted_on_where_the_reader_holds_it_possible(language: str) -> None:
    seen = understand(Utterance(WHY[language], language), REVIEWS)
    wavering = [Guess(Call("rationalize"), 0.55), Guess(Call("attribute"), 0.4)]
    assert thought_over(seen, wavering) == Guess(Call("attribute"), UNSURE)
    hardly = [wavering[0], Guess(Call("attribute"), POSSIBLE / 2)]
    assert thought_over(seen, hardly) == wavering[0]


def thought(text: str, language: str, reading: str, surely: float = 0.8) -> tuple[str, float]:
    """What is made of a reading: the operation and how surely."""
    found = thought_over(understand(Utterance(text, language), REVIEWS), [Guess(Call(reading), surely)])
    return found.call.operation, found.probability


@pytest.mark.parametrize(
    ("language", "text", "reading", "operation"),
    [
        ("es", "podrías enseñarme la 12 por favor", "learn", "show"),
        ("fr", "montre du 12 au 15", "learn", "show"),
        ("en", "retrain", "undo", "learn"),
        ("es", "reentrena", "unlearn", "learn"),
        ("en", "explain review 12", "show", "attribute"),
        ("de", "erklär mir die 12", "same", "attribute"),
        ("es", "explícame la reseña 12", "show", "attribute"),
        ("fr", "explique-moi l'avis 45", "show", "attribute"),
        ("en", "rewrite 12 to be positive", "edit_label", "counterfactual"),
        ("de", "ändere 12 so, dass es positiv ist", "edit_label", "counterfactual"),
        ("es", "convierte la 12 en una reseña positiva", "edit_label", "counterfactual"),
        ("ru", "перепиши 12", "edit_label", "augment"),
        ("zh", "改写45", "edit_label", "augment"),
        ("ru", "а 45 всё-таки отрицательный?", "edit_label", "predict"),
        ("en", "write three texts similar to 12", "similar", "augment"),
        ("de", "schreib drei ähnliche Texte wie 12", "similar", "augment"),
        ("zh", "照着45写两条类似的", "similar", "augment"),
        ("ru", "напиши отрицательный отзыв", "show", "none"),
        ("en", "what percentage is negative?", "score", "labels"),
        ("ru", "сколько процентов отрицательных", "score", "labels"),
        ("te", "నెగటివ్ రివ్యూల శాతం ఎంత?", "score", "labels"),
        ("ja", "ネガティブは何割？", "score", "labels"),
        ("te", "56 లో ఎన్ని పదాలు ఉన్నాయి?", "count", "show"),
        ("de", "wie viele Wörter hat 45?", "count", "show"),
        ("zh", "45有多少个字", "count", "show"),
    ],
)
def test_what_the_words_ask_for_outweighs_a_misreading(language: str, text: str, reading: str, operation: str) -> None:
    assert thought(text, language, reading) == (operation, UNSURE)


@pytest.mark.parametrize(
    ("language", "text", "reading"),
    [
        ("en", "show me 12", "show"),
        ("en", "explain that again", "same"),
        ("en", "make 12 negative", "edit_label"),
        ("en", "set the label of “I loved it” to negative", "edit_label"),
        ("en", "rewrite the gold label of 12 as positive", "edit_label"),
        ("en", "similar reviews to 12", "similar"),
        ("en", "what percentage of the negative ones do you get right?", "score"),
        ("en", "how many reviews have more than 20 words?", "count"),
        ("en", "how many reviews except 12?", "count"),
        ("en", "how many are from 2020", "count"),
    ],
)
def test_what_fits_the_words_stays(language: str, text: str, reading: str) -> None:
    assert thought(text, language, reading) == (reading, 0.8)


def test_a_change_of_a_text_of_ones_own_and_a_count_of_one_instance_are_not_done_unasked() -> None:
    assert thought("make “I loved it” negative", "en", "edit_label", 0.95) == ("edit_label", UNSURE)
    operation, surely = thought("how many mistakes are there in review 12", "en", "count")
    assert operation == "count" and surely < 0.45
