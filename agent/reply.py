"""From an explanation to an answer: blocks in the user's language, one function a kind of explanation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agent.badge import badge
from agent.query import of_request
from agent.state import Answer
from agent.suggest import suggestions
from agent.words import listed, number, percent, say
from core.blocks import Bar, Block, Fold, Heat, HeatToken, Notice, Plot, Rows, Text
from core.data import Instance, Schema
from core.dialogue import Reply
from core.explanations import Attribution, Card, Explanation, Instances, Prediction, Table, Token
from core.operation import OPERATIONS
from core.words import Words

NAMED = 3  # words that the sentence above a heat map names


def reply(answers: tuple[Answer, ...], schema: Schema, language: str) -> Reply:
    """One answer to everything that was asked in a message."""
    blocks: list[Block] = []
    for answer in answers:
        blocks += _blocks(answer, schema, language)
    if len(answers) == 1:
        blocks += suggestions(answers[0], language)
    return Reply(tuple(blocks), language, of_request(tuple(answer.request for answer in answers)))


def _blocks(answer: Answer, schema: Schema, language: str) -> list[Block]:
    made = answer.explanation
    teller = _Teller(OPERATIONS[answer.request.operation].words, schema, language)
    notes: list[Block] = [
        Notice("note", say(f"note.{key}", language, **dict(facts))) for key, facts in made.provenance.notes
    ]
    judged = badge(answer.faithfulness, language)
    return notes + TELLERS[type(made)](teller, made) + judged + [_details(answer, language)]


class _Teller:
    """Tells explanations of one operation with its words, the task's label words and one language."""

    def __init__(self, words: Words, schema: Schema, language: str) -> None:
        self.words, self.schema, self.language = words, schema, language

    def say(self, key: str, **facts: object) -> Text:
        """A sentence of the operation."""
        return Text(self.words.say(f"say.{key}", self.language, **facts))

    def label(self, label: str) -> str:
        """A label as people say it."""
        return self.schema.label_in(label, self.language)

    def prediction(self, made: Prediction) -> list[Block]:
        """The label in a sentence, and a bar for every label."""
        order = sorted(zip(made.probabilities, made.labels, strict=True), reverse=True)
        (first, _), (second, next_label) = order[0], order[1] if len(order) > 1 else order[0]
        facts = {"label": self.label(made.label), "confidence": percent(first, self.language)}
        facts |= {"second": self.label(next_label), "second_confidence": percent(second, self.language)}
        quote = [] if made.instance.id is None else self.quoted(made.instance)
        return [*quote, self.say("answer", **facts), *self.gold(made), self.bars(made)]

    def gold(self, made: Prediction) -> list[Block]:
        """Whether the data agree, where the operation has a sentence for it and the instance a label."""
        gold = made.instance.label
        if not gold or "right" not in self.words.get("say", self.language):
            return []
        return [self.say("right" if gold == made.label else "wrong", gold=self.label(gold))]

    def bars(self, made: Prediction) -> Plot:
        """The probability of every label, as bars."""
        return Plot(
            tuple(
                Bar(self.label(label), share, percent(share, self.language), label == made.label)
                for label, share in zip(made.labels, made.probabilities, strict=True)
            ),
            top=1.0,
        )

    def attribution(self, made: Attribution) -> list[Block]:
        """The sentence with the strongest words, then a heat map a field."""
        facts = {
            "label": self.label(made.prediction.label),
            "confidence": percent(made.prediction.confidence, self.language),
            "target": self.label(made.target),
            "contrast": self.label(made.contrast),
        }
        ranked = sorted(zip(made.scores, made.tokens, strict=True), key=lambda pair: -pair[0])
        strongest = [
            say("format.quote", self.language, text=token.text)
            for score, token in ranked[: made.top or NAMED]
            if score > 0 and _is_word(token.text)
        ]
        key = "contrast" if made.contrast else "target" if made.target != made.prediction.label else "answer"
        sentence = self.say(key if strongest else "none", words=listed(strongest, self.language), **facts)
        heats: list[Block] = [self.heat(made, field, text) for field, text in made.prediction.instance.fields]
        limit = [Text(say("heat.top", self.language, count=made.top))] if made.top else []
        return [sentence, *heats, *limit]

    def heat(self, made: Attribution, field: str, text: str) -> Heat:
        """One field's words, coloured by score; the text between them is kept as it is."""
        own = [pair for pair in zip(made.tokens, made.scores, strict=True) if pair[0].field == field]
        chosen = _top(made)
        many = len(made.prediction.instance.fields) > 1
        return Heat(
            tokens=tuple(_heat_tokens(text, own, chosen)),
            unit=say(f"unit.{made.unit}", self.language),
            legend=self.legend(made),
            label=_word("column", field, self.language) if many else "",
        )

    def legend(self, made: Attribution) -> tuple[str, str]:
        """What the two colours mean."""
        if not made.signed:
            return say("heat.unsigned", self.language), ""
        against = made.contrast or made.target
        opposes = "supports" if made.contrast else "opposes"
        return (
            say("heat.supports", self.language, label=self.label(made.target)),
            say(f"heat.{opposes}", self.language, label=self.label(against)),
        )

    def instances(self, made: Instances) -> list[Block]:
        """The rows, one readable table."""
        key = "one" if made.total == 1 else "all" if made.total == len(made.rows) else "several"
        first = made.rows[0].id if made.rows else ""
        sentence = self.say(key, id=first, total=made.total, shown=len(made.rows))
        return [sentence, *(block for row in made.rows for block in self.quoted(row, full=True))]

    def quoted(self, row: Instance, full: bool = False) -> list[Block]:
        """One instance of the data set, as it stands there."""
        names = [name for name, _ in row.fields] if len(row.fields) > 1 else ["text"]
        columns = ["id", *names] + (["label", "language", "split"] if full else [])
        cells = [str(row.id), *(text for _, text in row.fields)]
        cells += [self.label(row.label), row.language, row.split] if full else []
        return [Rows(tuple(_word("column", name, self.language) for name in columns), (tuple(cells),))]

    def table(self, made: Table) -> list[Block]:
        """The caption, then the rows with labels and shares as people read them."""
        titles = tuple(_word("column", name, self.language) for name in made.columns)
        cells = tuple(
            tuple(self.cell(name, item) for name, item in zip(made.columns, row, strict=True)) for row in made.rows
        )
        facts = {key: self.fact(key, text) for key, text in made.facts}
        blocks: list[Block] = [self.say(made.caption, **facts)]
        if made.plot:
            blocks.append(self.plot(made))
        return [*blocks, Rows(titles, cells)] if cells else blocks

    def plot(self, made: Table) -> Plot:
        """The column `made.plot` as bars, named by the first column."""
        place = made.columns.index(made.plot)
        values = [float(row[place]) for row in made.rows]
        bars = (
            Bar(self.cell(made.columns[0], row[0]), amount, self.cell(made.plot, row[place]))
            for row, amount in zip(made.rows, values, strict=True)
        )
        return Plot(tuple(bars), top=max(values, default=1.0) or 1.0)

    def cell(self, column: str, item: str | int | float) -> str:
        """A cell as people read it: labels in words, shares in per cent."""
        if column in ("label", "prediction"):
            return self.label(str(item)) or "–"
        if column in ("share", "confidence"):
            return percent(float(item), self.language)
        return str(item)

    def fact(self, key: str, text: str) -> str:
        """A fact of a caption; counts by label are said in the label's words."""
        if key == "counts":
            pairs = [part.rpartition(" ") for part in text.split(", ")]
            return listed([f"{self.label(label)} {amount}" for label, _, amount in pairs], self.language)
        return number(float(text), self.language) if key == "mean" else text

    def card(self, made: Card) -> list[Block]:
        """The caption, then the entries as a two-column list."""
        entries = tuple((self.entry(name), text) for name, text in made.entries)
        return [self.say(made.caption, **dict(made.facts)), Rows(("", ""), entries)]

    def entry(self, name: str) -> str:
        """An entry's name in words where the operation has some."""
        known = self.words.tables.get(self.language, {}).get("fact") or self.words.tables["en"].get("fact", {})
        return str(known.get(name, name))


Tell = Callable[[_Teller, Any], list[Block]]
TELLERS: dict[type, Tell] = {
    Prediction: _Teller.prediction,
    Attribution: _Teller.attribution,
    Instances: _Teller.instances,
    Table: _Teller.table,
    Card: _Teller.card,
}


def _word(group: str, name: str, language: str) -> str:
    """A word of agent/words.toml, or the name itself: users' own columns have no words."""
    try:
        return say(f"{group}.{name}", language)
    except KeyError:
        return name


def _is_word(text: str) -> bool:
    return any(char.isalnum() for char in text)


def _top(made: Attribution) -> set[Token]:
    """The units that are coloured: all, or the `top` words with the largest scores (punctuation is no word)."""
    if not made.top:
        return set(made.tokens)
    ranked = sorted(zip(made.scores, made.tokens, strict=True), key=lambda pair: -abs(pair[0]))
    return set([token for _, token in ranked if _is_word(token.text)][: made.top])


def _heat_tokens(text: str, own: list[tuple[Token, float]], chosen: set[Token]) -> list[HeatToken]:
    """The units with the text between them; the text before the first and what no unit covers is shown without colour."""
    made = []
    place = 0
    for index, (token, score) in enumerate(own):
        if token.start > place:
            made.append(HeatToken(text[place : token.start], "", 0.0, shown=False))
        following = own[index + 1][0].start if index + 1 < len(own) else len(text)
        after = text[token.end : following] if text[token.end : following].isspace() else ""
        made.append(HeatToken(text[token.start : token.end], after, score, shown=token in chosen))
        place = token.end + len(after)
    if place < len(text):
        made.append(HeatToken(text[place:], "", 0.0, shown=False))
    return made


def _details(answer: Answer, language: str) -> Fold:
    """Provenance, folded: model, revision, precision, seed, costs and versions."""
    stamp = answer.explanation.provenance
    entries = [
        ("model", f"{stamp.model} @ {stamp.revision}" if stamp.model else ""),
        ("precision", stamp.precision),
        ("method", _method(answer.explanation)),
        ("dataset", f"{stamp.dataset} @ {stamp.dataset_revision}"),
        ("seed", str(stamp.seed)),
        ("seconds", number(stamp.seconds, language)),
        ("model_calls", str(stamp.model_calls) if stamp.model else ""),
        ("versions", ", ".join(f"{name} {release}" for name, release in stamp.versions)),
    ]
    rows = tuple((say(f"reply.{key}", language), text) for key, text in entries if text)
    if stamp.weights:
        rows = (*rows, (OPERATIONS["model_card"].words.say("fact.weights", language), stamp.weights))
    return Fold(say("reply.details", language), (Rows(("", ""), rows),))


def _method(made: Explanation) -> str:
    if not isinstance(made, Attribution):
        return ""
    parts = [made.method, made.baseline]
    return " · ".join(part for part in parts if part)
