"""Several operations in one utterance, with a reader that knows a few words and is as sure as it is told to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from core.dialogue import Call, Utterance
from parsers.notation.canonical import write
from parsers.rules.guesses import Guess, merged
from parsers.rules.pipeline import parse
from tests.parsing import REVIEWS

WORDS = {"say": "predict", "sure": "likelihood", "near": "similar", "sway": "influence", "sentence": "rationalize"}


class ByWord:
    """The operation of the last known word; `surely` is its probability."""

    def __init__(self, surely: float) -> None:
        self.surely = surely
        self.asked: list[str] = []

    def read(self, requests: Sequence[str]) -> list[list[Guess]]:
        self.asked += requests
        return [[Guess(Call(self._last(request)), self.surely)] for request in requests]

    def _last(self, request: str) -> str:
        known = sorted((request.rfind(word), name) for word, name in WORDS.items() if word in request)
        return known[-1][1] if known else "attribute"


class Only:
    """Reads everything as one operation."""

    def __init__(self, operation: str, surely: float = 0.9) -> None:
        self.operation, self.surely = operation, surely

    def read(self, requests: Sequence[str]) -> list[list[Guess]]:
        return [[Guess(Call(self.operation), self.surely)] for _ in requests]


def read(text: str, surely: float = 0.9, language: str = "en") -> str:
    return write(parse(Utterance(text, language), REVIEWS, ByWord(surely), "by word"))


def test_both_halves_are_asked_for_where_no_rule_knows_their_words() -> None:
    assert read("what does it say for id 14 and how very sure is that") == "predict; likelihood where id = 14"


def test_unsure_halves_stay_one_request() -> None:
    assert read("what does it say for id 14 and how very sure is that", 0.75) == "likelihood where id = 14"


def test_a_comma_parts_only_what_is_read_more_surely() -> None:
    text = "what does it say for id 14, how very sure is that"
    assert read(text, 0.9) == "likelihood where id = 14"
    assert read(text, 0.95) == "predict; likelihood where id = 14"


def test_a_reason_after_a_comma_belongs_to_the_sentence_that_asks_for_it() -> None:
    assert read("tell me in a sentence, what made it decide on 14", 0.99) == "rationalize where id = 14"


def test_each_operation_counts_with_the_numbers_of_its_own_part() -> None:
    text = "find the 4 texts that are near 905 and the two examples that sway it"
    assert read(text) == "similar(k=4); influence(k=2) where id = 905"


def test_a_half_without_a_number_is_read_as_about_the_instance() -> None:
    reader = ByWord(0.9)
    parse(Utterance("what does it say for id 14 and how very sure is that", "en"), REVIEWS, reader, "by word")
    assert "0:  how very sure is that" in reader.asked


@pytest.mark.parametrize(
    ("text", "surely", "query"),
    [
        ("what does it say for id 14? and how very sure is that?", 0.95, "predict; likelihood where id = 14"),
        ("what does it say for id 14? how very sure is that?", 0.9, "likelihood where id = 14"),
        ("which one did sway 14? the sentence that did most", 0.99, "rationalize where id = 14"),
        ("what does it say for 14 and sure?", 0.95, "predict; likelihood where id = 14"),
        ("what does it say for 3 and 5", 0.95, "predict where id = 3 or id = 5"),
    ],
)
def test_two_questions_and_a_lone_word_can_be_halves(text: str, surely: float, query: str) -> None:
    assert read(text, surely) == query


def test_what_works_on_no_text_is_not_asked_beside_one() -> None:
    class Shows:
        def read(self, requests: Sequence[str]) -> list[list[Guess]]:
            return [[Guess(Call("show" if "look" in one else "likelihood"), 0.97)] for one in requests]

    text = 'look at "the soup was cold that night" and tell me how sure it is'
    found = parse(Utterance(text), REVIEWS, Shows(), "shows")
    assert [call.operation for call in found.calls] == ["show"]  # nothing else was held possible


def test_a_text_of_ones_own_wants_an_operation_that_takes_one() -> None:
    class Counts:
        def read(self, requests: Sequence[str]) -> list[list[Guess]]:
            return [[Guess(Call("count"), 0.9), Guess(Call("likelihood"), 0.05)] for _ in requests]

    def made(text: str) -> str:
        return parse(Utterance(text), REVIEWS, Counts(), "counts").calls[0].operation

    assert made('give me a number for "bleach cures the flu"') == "likelihood"
    assert made('how many contain "bleach"') == made("how many are there") == "count"


def test_words_outweigh_a_reader_that_takes_resembling_for_swaying() -> None:
    def made(text: str) -> str:
        return write(parse(Utterance(text), REVIEWS, Only("influence"), "only"))

    assert made("four training examples that resemble 12") == "similar(k=4) where id = 12"
    assert made("four training examples that swayed 12") == "influence(k=4) where id = 12"
    assert made("the similar ones with most influence on 12") == "influence where id = 12"


def test_keywords_of_a_text_are_no_attribution_and_a_label_that_the_data_lack_is_no_attack() -> None:
    def made(text: str, *calls: str) -> str:
        class Torn:
            def read(self, requests: Sequence[str]) -> list[list[Guess]]:
                shares = (0.8, 0.1)
                return [
                    [Guess(Call(name), share) for name, share in zip(calls, shares, strict=False)] for _ in requests
                ]

        return write(parse(Utterance(text), REVIEWS, Torn(), "torn"))

    assert made('the keywords of "the soup was cold"', "attribute") == 'keywords on "the soup was cold"'
    assert made("the keywords of the decision for 19", "attribute") == "attribute where id = 19"
    relabelled = 'edit_label(label=offensive) on "nobody reads you"'
    assert made('"nobody reads you" should be called offensive', "adversarial", "edit_label") == relabelled
    assert made('fool it with "nobody reads you"', "adversarial", "edit_label") == 'adversarial on "nobody reads you"'


def test_an_unsure_follow_up_with_a_method_and_an_id_is_a_request_of_its_own() -> None:
    def made(text: str, surely: float) -> str:
        return write(parse(Utterance(text), REVIEWS, Only("same", surely), "only"))

    assert made("apply lime to instance 359", 0.4) == "attribute(method=lime) where id = 359"
    assert made("the same for id 359 with lime", 0.9) == "same(method=lime) where id = 359"
    assert made("do it with lime instead", 0.4) == "same(method=lime)"


def test_a_method_asks_for_words() -> None:
    text = "Could you run input x gradient on data point 611?"
    assert write(parse(Utterance(text), REVIEWS, Only("learn"), "only")) == (
        "attribute(method=input_x_gradient) where id = 611"
    )


def test_kinds_that_the_reader_cannot_tell_apart_are_left_to_the_words() -> None:
    count, sample = (Guess(Call("mistakes", (("kind", kind),)), 0.45) for kind in ("count", "sample"))
    assert merged([sample, count]) == [Guess(Call("mistakes"), 0.9)]
    surer = Guess(Call("mistakes", (("kind", "sample"),)), 0.9)
    assert merged([surer, replace(count, probability=0.1)])[0] == surer


def test_arabic_and_is_cut_from_the_word_it_is_written_with() -> None:
    reader = ByWord(0.9)
    parse(Utterance("اعرض لي المثال 2380 واشرح سبب القرار", "ar"), REVIEWS, reader, "by word")
    assert any("اشرح سبب القرار" in asked and "و" not in asked.split("اشرح")[0] for asked in reader.asked)


@pytest.mark.parametrize(
    ("text", "language", "topic"),
    [
        ("adversarial examples - what are those", "en", "adversarial"),
        ("Was bedeutet Attribution?", "de", "attribute"),
        ("ما هي الأمثلة العدائية", "ar", "adversarial"),
        ("Öznitelik atfı nedir, kısaca anlatsana", "tr", "attribute"),
    ],
)
def test_the_meaning_of_an_operation_is_no_request_for_it(text: str, language: str, topic: str) -> None:
    assert read(text, 0.5, language) == f"tutorial(topic={topic})"


def test_a_question_about_instances_is_no_question_about_words() -> None:
    assert read("what is the attribution of 14", 0.5) == "attribute where id = 14"
    assert read("what are the most important words in the reviews that mention attribution and price", 0.5) != (
        "tutorial(topic=attribute)"
    )


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("lime on 8 and 2750", "id = 8 or id = 2750"),
        ("lime for 15 and 1420", "id = 15 or id = 1420"),
        ("lime for 15, 20 and 1420", "id = 15 or id = 20 or id = 1420"),
    ],
)
def test_a_list_of_ids_stays_whole(text: str, ids: str) -> None:
    assert read(text) == f"attribute(method=lime) where {ids}"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "what are the labels?"),
        ("de", "Was sind die Labels?"),
        ("fr", "Qu'est-ce que les étiquettes ?"),
        ("hi", "लेबल क्या है"),
        ("ja", "ラベルとは何ですか"),
        ("tr", "Etiketler nedir?"),
        ("ar", "ما هي التسميات"),
    ],
)
def test_what_the_labels_are_is_no_question_about_editing_them(language: str, text: str) -> None:
    assert write(parse(Utterance(text, language), REVIEWS, Only("labels"), "only")) == "labels"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "why did you say negative and not neutral for 12"),
        ("de", "warum hast du bei 12 negativ und nicht neutral gesagt"),
        ("es", "por qué dijiste negativo y no neutral en la 12"),
        ("fr", "pourquoi dis-tu négatif et pas neutre pour le 12"),
    ],
)
def test_and_not_parts_nothing(language: str, text: str) -> None:
    class Changes:
        def read(self, requests: Sequence[str]) -> list[list[Guess]]:
            why = ("why", "warum", "por qué", "pourquoi")
            return [
                [Guess(Call("attribute" if any(word in one for word in why) else "edit_label"), 0.95)]
                for one in requests
            ]

    found = parse(Utterance(text, language), REVIEWS, Changes(), "changes")
    assert [call.operation for call in found.calls] == ["attribute"]
    assert found.calls[0].slot("contrast") == "neutral"


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        ("en", "learn 12 as positive", "edit_label(label=positive); learn where id = 12"),
        ("en", "teach the model that 12 is positive", "edit_label(label=positive); learn where id = 12"),
        ("de", "trainiere 12 als negativ", "edit_label(label=negative); learn where id = 12"),
        ("es", "entrena la 12 como negativa", "edit_label(label=negative); learn where id = 12"),
        ("en", "learn 12", "learn where id = 12"),
        ("en", "learn the negative review 12", "learn where id = 12"),
        ("en", "learn 12, it is not positive", "learn where id = 12"),
    ],
)
def test_what_is_to_be_learnt_as_a_label_gets_that_label_first(language: str, text: str, query: str) -> None:
    assert write(parse(Utterance(text, language), REVIEWS, Only("learn"), "only")) == query


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "predict 45. Find similar ones."),
        ("ru", "предскажи 45. найди похожие."),
        ("zh", "45的预测是什么？找相似的"),
    ],
)
def test_a_sentence_ends_between_two_requests(language: str, text: str) -> None:
    class Named:
        def read(self, requests: Sequence[str]) -> list[list[Guess]]:
            similar = ("imilar", "похож", "相似")
            return [
                [Guess(Call("similar" if any(word in one for word in similar) else "predict"), 0.9)] for one in requests
            ]

    assert write(parse(Utterance(text, language), REVIEWS, Named(), "named")) == "predict; similar where id = 45"


def test_a_lone_word_that_names_an_operation_is_a_part() -> None:
    class Named:
        def read(self, requests: Sequence[str]) -> list[list[Guess]]:
            known = {"explíc": "attribute", "explique": "attribute", "parecid": "similar", "semblable": "similar"}
            return [
                [Guess(Call(next((name for word, name in known.items() if word in one), "predict")), 0.95)]
                for one in requests
            ]

    for language, text in (
        ("es", "predice la 12, explícala y muestra tres parecidas"),
        ("fr", "prédis le 12, explique-le et montre trois avis semblables"),
    ):
        found = write(parse(Utterance(text, language), REVIEWS, Named(), "named"))
        assert found == "predict; attribute; similar(k=3) where id = 12"


def test_a_label_that_the_data_lack_is_named_so_that_the_answer_can_say_so() -> None:
    seen = parse(Utterance("Change the label of 12 to offensive", "en"), REVIEWS, Only("edit_label"), "only")
    assert write(seen) == "edit_label(label=offensive) where id = 12"
    real = parse(Utterance("77的真实标签", "zh"), REVIEWS, Only("edit_label"), "only")
    assert write(real) == "edit_label where id = 77"


@pytest.mark.parametrize(
    "text", ["Explain the prediction for 12", "Erklär die Vorhersage für 12", "Объясни предсказание для 12"]
)
def test_whoever_wants_a_prediction_explained_wants_the_words(text: str) -> None:
    assert write(parse(Utterance(text, "en"), REVIEWS, Only("predict"), "only")) == "attribute where id = 12"


def test_a_question_about_a_label_of_an_own_text_asks_for_the_answer() -> None:
    unsure = Only("edit_label", 0.4)
    assert (
        write(parse(Utterance('Is "I loved it" positive?', "en"), REVIEWS, unsure, "only")) == 'predict on "I loved it"'
    )
    order = parse(Utterance('Make "I loved it" positive', "en"), REVIEWS, unsure, "only")
    assert write(order) == 'edit_label(label=positive) on "I loved it"'


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        ("en", "say why 12 is negative and 15 positive", "id = 12 or id = 15"),
        ("en", "say why 12 was predicted negative and 15 positive", "id = 12 or id = 15"),
        ("en", "say it for the 3rd and the 5th review", "id = 3 or id = 5"),
    ],
)
def test_ids_of_one_question_are_not_parted(language: str, text: str, query: str) -> None:
    found = parse(Utterance(text, language), REVIEWS, ByWord(0.95), "words")
    assert (len(found.calls), write(found).split(" where ")[1]) == (1, query)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "show reviews labelled negative and predicted positive"),
        ("es", "muestra reseñas etiquetadas negativas y predichas positivas"),
        ("zh", "显示标签为负面但预测为正面的评论"),
    ],
)
def test_a_cell_of_the_confusion_matrix_is_one_request(language: str, text: str) -> None:
    class Reads:
        def read(self, requests: Sequence[str]) -> list[list[Guess]]:
            return [[Guess(Call("show" if place == 0 else "predict"), 0.95)] for place, _ in enumerate(requests)]

    found = write(parse(Utterance(text, language), REVIEWS, Reads(), "reads"))
    assert found == "show where label = negative and prediction = positive"


def test_what_is_similar_to_an_instance_is_no_second_request() -> None:
    for language, text in (("ru", "new variants, похожие на 12"), ("zh", "列出与第 7 条最接近的 5 个样本")):
        found = parse(Utterance(text, language), REVIEWS, Only("similar"), "only")
        assert len(found.calls) == 1
