"""Words that speak for a label: on a toy whose words are known, and as an operation with its check."""

import pytest

from core.data import Dataset, Instance
from core.dialogue import Request
from core.explanations import Attribution, Token
from core.operation import OPERATIONS, Context
from core.progress import Progress
from explainers.class_keywords import Check, attributions, check, class_keywords, of_class
from tests.toys import Additive, instance

GOOD = ("a great film", "we saw a good film in may", "one fine day", "a good and great hall", "great rain", "so good")
BAD = ("a bad day", "an awful film", "the dull rain")


def rows(texts, split, first=0):
    return tuple(Instance((("text", text),), first + n, "", "en", split) for n, text in enumerate(texts))


def made(model, scores, text):
    tokens = []
    for word in text.split():
        start = tokens[-1].end + 1 if tokens else 0
        tokens.append(Token(word, start, start + len(word)))
    prediction = model.predict([instance(text)])[0]
    return Attribution(prediction, "positive", "given", tuple(tokens), tuple(scores), "logit")


def test_effects_are_mean_shares_shrunk_by_one_text():
    model = Additive()
    maps = [made(model, (3.0, -1.0), "Good film"), made(model, (1.0, 1.0), "good day"), made(model, (1.0,), "sea")]
    (found,) = class_keywords(maps)
    assert (found.word, found.texts) == ("Good", 2), (
        "as written first; words of one text and words against it are left out"
    )
    assert found.effect == pytest.approx((0.75 + 0.5) / 3)


def test_only_rows_with_the_label_are_taken_and_few_are_asked():
    model = Additive()
    found = of_class(model, rows(GOOD + BAD, "train"), "negative", 2, 0, Progress())
    assert len(found) == 2 and all(row.text in BAD for row in found)
    many = rows(GOOD * 50, "train")
    before = model.calls
    assert of_class(model, many, "negative", 2, 0, Progress()) == []
    assert model.calls - before <= 16


def test_true_words_pass_the_check_and_others_do_not():
    model = Additive()
    held = rows([f"{text} with a long day and rain" for text in (*GOOD, "a fine sea", "great sea")], "test")
    true = check(model, held, "positive", ("great", "GOOD", "fine"), 0, Progress())
    assert true.holds and true.texts == 8 and true.own > 0.1 and abs(true.chance) < 0.1
    assert not check(model, held, "positive", ("day", "rain"), 0, Progress()).holds
    assert check(model, held, "positive", ("nowhere",), 0, Progress()) == Check(0.0, 0.0, 0, 1.0)


def test_words_that_matter_less_in_most_texts_do_not_hold(monkeypatch):
    falls = iter([(0.45, 0.0)] * 3 + [(-0.01 - place / 1000, 0.0) for place in range(20)])
    monkeypatch.setattr("explainers.class_keywords._falls", lambda *_: next(falls))
    found = check(Additive(), rows(["a good day in may"] * 23, "test"), "positive", ("good",), 0, Progress())
    assert found.own > found.chance and not found.holds


def test_the_operation_explains_training_rows_and_checks_on_the_others():
    train = rows([*GOOD, *BAD], "train")
    test = rows([f"{text} on a day in may" for text in (*GOOD, *BAD, "great sea", "good sea")], "test", 100)
    data = Dataset(Additive.schema, (*train, *test))
    request = Request("keywords", (("k", 3), ("target", "positive")))
    table = OPERATIONS["keywords"].run(request, Context(Additive, data, test, Progress()))
    assert {row[0] for row in table.rows} <= {"good", "great"} and table.columns == ("word", "push", "count")
    assert table.caption == "driving_holds" and dict(table.facts)["texts"] == "6" and dict(table.facts)["held"] == "7"
    assert table.provenance.method == "integrated_gradients"


def test_without_words_it_says_so():
    data = Dataset(Additive.schema, rows(BAD, "test"))
    request = Request("keywords", (("target", "positive"),))
    table = OPERATIONS["keywords"].run(request, Context(Additive, data, data.rows, Progress()))
    assert (table.rows, table.caption) == ((), "driving_none")


def test_maps_are_towards_the_label_asked_for():
    (one,) = attributions(Additive(), rows(BAD[:1], "test"), "positive", "occlusion", 0, Progress())
    assert one.target == "positive" and min(one.scores) < 0
