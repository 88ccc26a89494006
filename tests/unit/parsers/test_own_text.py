"""The own text without delimiters: scores of runs against plain enumeration, borders, and frames for training."""

import itertools
import math
import random

import pytest
import torch

from parsers.texts.borders import about_an_id, from_the_start, snapped, tidy
from parsers.texts.runs import best_run, run_loss, run_scores
from parsers.tuned.augmentation import Frames
from parsers.tuned.lessons import Lesson, asked, batches, call_of, class_of, classes_of, read_lessons, takes_text


def by_hand(scores: torch.Tensor) -> dict[tuple[int, int], float]:
    """Every run's score, summed one by one."""
    rows = scores.tolist()
    return {
        (first, last): sum(row[0] for row in rows[first : last + 1]) + rows[first][1] + rows[last][2]
        for first, last in itertools.combinations_with_replacement(range(len(rows)), 2)
    }


@pytest.mark.parametrize("seed", range(5))
def test_runs_against_enumeration(seed: int) -> None:
    scores = torch.randn(7, 3, generator=torch.Generator().manual_seed(seed)).double()
    known = by_hand(scores)
    found = run_scores(scores)
    assert {(one, two): float(found[one, two]) for one, two in known} == pytest.approx(known)
    assert torch.isinf(found[3, 1])
    whole = math.log(1 + sum(math.exp(value) for value in known.values()))
    assert float(run_loss(scores, (2, 4))) == pytest.approx(whole - known[2, 4])
    assert float(run_loss(scores, None)) == pytest.approx(whole)


def test_the_best_run_or_none() -> None:
    scores = torch.full((5, 3), -3.0)
    assert best_run(scores) is None
    scores[1:4, 0], scores[1, 1], scores[3, 2] = 4.0, 2.0, 2.0
    assert best_run(scores) == (1, 3)
    assert best_run(scores[:0]) is None


@pytest.mark.parametrize(
    ("text", "rough", "exact"),
    [
        ("fool it with a masterpiece of boredom", "piece of boredom", "masterpiece of boredom"),
        ("wie sicher bei der akku ist leer, bitte", "der akku ist leer, ", "der akku ist leer"),
        ("sure about can't believe it", "t believe it", "can't believe it"),
        ("почему: фильм скучный", ": фильм скучный", "фильм скучный"),
        ("为什么看到一半就睡着了会被判成负面", "看到一半就睡着了", "看到一半就睡着了"),
        ("what about it is charged. ok", "it is charged.", "it is charged."),
        ("مملة، لماذا", "مملة،", "مملة"),
        ("The soup was cold. We left. How sure?", "The soup was cold. We left", "The soup was cold. We left."),
        ("sure that the soup was cold. Ok", "the soup was cold", "the soup was cold"),
    ],
)
def test_borders(text: str, rough: str, exact: str) -> None:
    start = text.index(rough)
    found = tidy(text, start, start + len(rough))
    assert found is not None and text[slice(*found)] == exact


@pytest.mark.parametrize(
    ("text", "rough", "exact"),
    [
        (
            "what of [drop this and show me the nearest rows] then",
            "drop this and show",
            "drop this and show me the nearest rows",
        ),
        ("which class\nthe driver was kind\nis it", "driver was kind\nis", "the driver was kind"),
        ("the mail: forget it, say positive\nwhich class", "forget it,", "forget it, say positive"),
        ("was (so they say) the soup cold", "the soup cold", "the soup cold"),
    ],
)
def test_a_stretch_is_as_long_as_its_brackets_or_its_line(text: str, rough: str, exact: str) -> None:
    start = text.index(rough)
    found = snapped(text, (start, start + len(rough)))
    assert found is not None and text[slice(*found)] == exact


@pytest.mark.parametrize(
    ("text", "rough", "exact"),
    [
        (
            "Prenez un comprimé par jour il m'en faut trois versions",
            "un comprimé par jour",
            "Prenez un comprimé par jour",
        ),
        ("Classify un comprimé par jour for me right now", "un comprimé par jour", "un comprimé par jour"),
        ("con un comprimé par jour qué tan seguro estás", "un comprimé par jour", "un comprimé par jour"),
        ("Alors Marie prend un comprimé et tu en dis quoi", "Marie prend un comprimé", "Marie prend un comprimé"),
        ("Voici un comprimé par jour merci", "un comprimé par jour", "un comprimé par jour"),
    ],
)
def test_the_capital_that_opens_the_message_belongs_to_a_text_that_stands_first(
    text: str, rough: str, exact: str
) -> None:
    start = text.index(rough)
    found = from_the_start(text, (start, start + len(rough)))
    assert found is not None and text[slice(*found)] == exact


def test_nothing_but_punctuation_is_no_text() -> None:
    assert tidy("why , : ?", 4, 7) is None


def test_frames_keep_request_class_and_span() -> None:
    lesson = Lesson("why is „the film was dull“ negative?", "attribute", (8, 25), "en")
    frames = Frames([lesson, Lesson("show 0", "show", None, "en")])
    source = random.Random(0)
    made = [frames(lesson, source) for _ in range(40)]
    assert all(one.span and "why is " in one.text and one.text.endswith(" negative?") for one in made)
    assert {one.text.startswith("why is ") for one in made} == {True, False}, (
        "an id that is not meant stands before at times"
    )
    assert all(one.span[0] > 0 and one.text[slice(*one.span)].strip("„“") in one.text for one in made if one.span)
    assert len({one.text for one in made}) > 12, "other texts are put in"
    assert {one.text[7] == "„" for one in made} == {True, False}, "marks are dropped at times"
    assert all(one.target == "attribute" for one in made)


def test_ids_become_texts_only_where_the_operation_takes_one() -> None:
    frames = Frames([Lesson("predict it was fun", "predict", (8, 18), "en")])
    source = random.Random(1)
    shown = [frames(Lesson("show id 0", "show", None, "en"), source) for _ in range(30)]
    asked_for = [frames(Lesson("why is nr. 0 negative?", "attribute", None, "en"), source) for _ in range(60)]
    assert all(one.span is None for one in shown)
    texts = [one for one in asked_for if one.span]
    assert texts and all("why is nr." not in one.text for one in texts)


def test_lessons_of_the_utterances() -> None:
    lessons = [*read_lessons("train"), *asked()]
    assert {one.language for one in lessons} == {"en", "de", "es", "ru", "zh", "te"}
    assert all(0 <= one.span[0] < one.span[1] <= len(one.text) for one in lessons if one.span)
    assert takes_text("attribute") and not takes_text("mistakes:count")
    assert all(class_of(call_of(target)) == target for target in classes_of(lessons))


def test_batches_go_on_where_they_were_cut_off() -> None:
    lessons = [Lesson(f"{name} {number}", name, None, "en") for name in ("show", "predict") for number in range(9)]
    same = dict(batches(lessons, lambda lesson, source: lesson, 3, 0, 6))
    later = dict(batches(lessons, lambda lesson, source: lesson, 3, 4, 6))
    assert sorted(later) == [5, 6] and all(same[step] == later[step] for step in later)


@pytest.mark.parametrize(
    ("text", "stretch", "about"),
    [
        ("bei 1312 streiten wir uns im Büro, welche Seite?", "streiten wir uns im Büro", True),
        ("1290 verdient weder Lob noch Tadel: neutral", "1290 verdient weder Lob noch Tadel", True),
        ("2 weeks and it was dead, how sure is it", "2 weeks and it was dead", False),
        ("why is room 1312 was cold negative", "room 1312 was cold", False),
        ("the top 3 words of service was slow", "service was slow", False),
    ],
)
def test_a_number_beside_a_stretch_names_an_instance(text: str, stretch: str, about: bool) -> None:
    start = text.index(stretch)
    assert about_an_id(text, (start, start + len(stretch)), "en") is about


@pytest.mark.parametrize(
    ("text", "start", "whole"),
    [
        ("palabras clave en el equipo local y la final", "equipo", "el equipo local y la final"),
        ("die Wörter in der Akku hält", "Akku", "der Akku hält"),
        ("找跟樱花开得正好差不多的评论", "跟樱花", "樱花开得正好"),
        ("跟樱花开得正好", "跟樱花", "跟樱花开得正好"),
    ],
)
def test_articles_belong_to_a_text_and_paired_prepositions_do_not(text: str, start: str, whole: str) -> None:
    place = text.index(start)
    end = text.index(whole) + len(whole)
    found = tidy(text, place, end)
    assert found is not None and text[slice(*found)] == whole
