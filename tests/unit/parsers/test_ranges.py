"""Ranges of ids, with what is added to them and set aside from them."""

import pytest

from tests.parsing import composed


@pytest.mark.parametrize(
    ("language", "text", "ids"),
    [
        ("en", "show ids 3 to 6 except 5", (3, 4, 6)),
        ("en", "show 3 to 6 except 5", (3, 4, 6)),
        ("de", "zeige 3 bis 6 außer 5", (3, 4, 6)),
        ("zh", "显示第3到6条，除了第5条", (3, 4, 6)),
        ("en", "show ids 3-6 and 10", (3, 4, 5, 6, 10)),
        ("en", "show 3-6 and 10", (3, 4, 5, 6, 10)),
        ("de", "zeige 3-6 und 10", (3, 4, 5, 6, 10)),
        ("en", "ids 3-6, 9-12", (3, 4, 5, 6, 9, 10, 11, 12)),
        ("en", "show id 12 and review 15", (12, 15)),
    ],
)
def test_ranges(language: str, text: str, ids: tuple[int, ...]) -> None:
    assert composed(text, "show", language=language) == "show where " + " or ".join(f"id = {one}" for one in ids)


def test_a_range_of_instances_whose_words_are_counted() -> None:
    assert composed("top 2 words of 12-14", "attribute") == "attribute(k=2) where id = 12 or id = 13 or id = 14"


@pytest.mark.parametrize("reader", ["a 5-year-old", "a five-year-old", "five people"])
def test_whom_it_is_explained_to_is_no_end_of_a_range(reader: str) -> None:
    assert composed(f"explain 12 to {reader}", "predict") == "predict where id = 12"
