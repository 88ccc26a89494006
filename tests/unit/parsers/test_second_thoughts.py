"""Where the words of a message outweigh a reader that wavers."""

from __future__ import annotations

import pytest

from core.dialogue import Call, Utterance
from parsers.rules.guesses import Guess
from parsers.rules.second_thoughts import POSSIBLE, UNSURE, thought_over
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
