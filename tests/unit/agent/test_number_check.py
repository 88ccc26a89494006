"""Numbers of an answer against those of the results: what stands, what is taken out, and which source is named."""

from __future__ import annotations

import pytest

from agent.planning.number_check import checked, numbers

RESULTS = {
    1: "score where id = 12\naccuracy 93% (n = 63), kappa 0.9312",
    2: "mistakes: 7 of 63, ids 4, 19; balance 1,234",
}


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("The accuracy is 93%.", "The accuracy is 93%. [1]"),
        ("The accuracy is 93 % [1].", "The accuracy is 93 %. [1]"),
        ("The accuracy is ninety-three percent.", "The accuracy is ninety-three percent. [1]"),
        ("Kappa is 0.93 [1], with 7 mistakes.", "Kappa is 0.93, with 7 mistakes. [1] [2]"),
        ("Kappa ist 0,931.", "Kappa ist 0,931. [1]"),
        ("Kappa is 93.1%.", "Kappa is 93.1%. [1]"),
        ("There are ७ mistakes.", "There are ७ mistakes. [2]"),
        ("The balance is 1234.", "The balance is 1234. [2]"),
        ("e5-small and gemma-3-270m err alike.", "e5-small and gemma-3-270m err alike."),
        ("It errs on id 19 [9].", "It errs on id 19. [2]"),
        ("准确率是93%。错误有7条。", "准确率是93%。 [1] 错误有7条。 [2]"),
        ("Nothing to count here.", "Nothing to count here."),
    ],
)
def test_what_a_result_says_is_kept_with_its_source(said: str, kept: str) -> None:
    assert checked(said, RESULTS, "en").text == kept


@pytest.mark.parametrize(
    "said",
    [
        "The accuracy is 94%.",
        "The accuracy is ninety-four percent.",
        "The accuracy is 9%.",
        "Kappa is 0.94.",
        "Kappa is -0.9312.",
        "There are seven hundred mistakes.",
        "Nine of them are negative.",
        "It is wrong 8 times [2].",
        "The range is 10-20.",
        "Es sind 5,5 Punkte.",
        "9" * 60 + " rows.",
    ],
)
def test_what_no_result_says_is_dropped(said: str) -> None:
    found = checked(said, RESULTS, "en")
    assert found.text == "" and len(found.dropped) == 1


def test_only_the_sentence_with_the_wrong_number_goes() -> None:
    found = checked("It has 7 mistakes. That is 11% of all! It errs on id 4.\n\n1. The accuracy is 93%.", RESULTS, "en")
    assert found.dropped == ("That is 11% of all!",)
    assert found.text == "It has 7 mistakes. [2] It errs on id 4. [2]\n\n1. The accuracy is 93%. [1]"


def test_a_comma_may_stand_before_decimals_or_thousands() -> None:
    (number,) = numbers("1,234", "en")
    assert {str(value) for value in number.values} == {"1234", "1.234"}
