"""Telling a comparison: one line of verdict, both predictions and the figures in a table, and both heat maps."""

from __future__ import annotations

from dataclasses import replace

from agent.telling.attributions import heat
from agent.telling.base import Teller, tells, word
from agent.telling.two_texts import called, matched, verdicts
from agent.words import method_name, number, percent
from core.blocks import Beside, Block, Fold, Heat, Rows, Text
from core.explanations import EDITS, METHOD, OTHER_ANSWER, RATIONALE, TWO_TEXTS, Attribution, Comparison


@tells(Comparison)
def comparison(teller: Teller, made: Comparison) -> list[Block]:
    """The verdict with its limits, what each side answers, both heat maps, and how far they agree."""
    names = called(teller, made) if made.about in TWO_TEXTS else (_side(teller, made, 0), _side(teller, made, 1))
    told = verdicts(teller, made, names) if made.about in TWO_TEXTS else [_verdict(teller, made, names)]
    maps = Beside(_heats(teller, made.first, names[0]), _heats(teller, made.second, names[1]))
    more = [*_crossed(teller, made, names), *_reasons(teller, made, names)]
    limits = Text(teller.words.say("two.limits", teller.language)) if made.about in TWO_TEXTS else teller.say("limits")
    return [
        *told,
        *_about(teller, made),
        _answers(teller, made, names),
        maps,
        *more,
        *_folds(teller, made, names),
        limits,
    ]


def _verdict(teller: Teller, made: Comparison, names: tuple[str, str]) -> Text:
    """The same text twice: what became of the answer and of the words' order; of two methods, which explain one answer, of the order."""
    key = f"{METHOD}_{made.verdict}" if made.about == METHOD else made.verdict
    facts = {"first": names[0], "second": names[1]}
    labels = {"label": teller.label(made.first.prediction.label), "other": teller.label(made.second.prediction.label)}
    return teller.say(key, **facts, **labels, shared=made.shared, k=made.k, count=made.count)


def _about(teller: Teller, made: Comparison) -> list[Block]:
    """Which answer both maps are about, where there are two and the maps tell for from against."""
    told = made.verdict == OTHER_ANSWER and made.first.signed and made.second.signed
    return [teller.say("both", target=teller.label(made.first.target))] if told else []


def _crossed(teller: Teller, made: Comparison, names: tuple[str, str]) -> list[Block]:
    """Whether each side's counterfactual also changes the other's answer: a line, and each with what both sides say."""
    if made.also != EDITS:
        return []
    own = (made.first.prediction.label, made.second.prediction.label)
    held = sum(one.labels[1 - one.finder] != own[1 - one.finder] for one in made.crossed)
    total = len(made.crossed)
    key = "none" if not total else "holds" if held == total else "differs"
    told: list[Block] = [Text(teller.words.say(f"cross.{key}", teller.language, held=held, total=total))]
    for one in made.crossed:
        labels = {"one": teller.label(one.labels[0]), "two": teller.label(one.labels[1])}
        facts = {"first": names[0], "second": names[1], "finder": names[one.finder]}
        text = one.edit.prediction.instance.text
        told.append(Text(teller.words.say("cross.found", teller.language, **facts, **labels, text=text)))
    return told


def _reasons(teller: Teller, made: Comparison, names: tuple[str, str]) -> list[Block]:
    """Both reasons in words, and how near they are."""
    if made.also != RATIONALE or made.likeness is None:
        return []
    cited = [{word.text for word in one.cited} for one in made.reasons]
    facts = {
        "cosine": number(made.likeness, teller.language),
        "shared": len(cited[0] & cited[1]),
        "total": len(cited[0] | cited[1]),
    }
    each = [
        Text(teller.words.say("reason.of", teller.language, name=name, text=one.text))
        for name, one in zip(names, made.reasons, strict=True)
    ]
    return [*each, Text(teller.words.say("reason.likeness", teller.language, **facts))]


def _side(teller: Teller, made: Comparison, place: int) -> str:
    """How a side is called: a method as in the glossary, a precision in words where there are some, else by its name."""
    name = made.names[place]
    if made.about == METHOD:
        return method_name(name, teller.language)
    known = teller.words.get("side", teller.language)
    return str(known.get(name, name.replace("_", " ")))


def _answers(teller: Teller, made: Comparison, names: tuple[str, str]) -> Rows:
    """What each side answers, and how surely."""
    titles = tuple(word("column", name, teller.language) for name in ("prediction", "confidence"))
    sides = (made.first.prediction, made.second.prediction)
    cells = tuple(
        (name, teller.label(one.label), percent(one.confidence, teller.language))
        for name, one in zip(names, sides, strict=True)
    )
    return Rows(("", *titles), cells)


def _heats(teller: Teller, made: Attribution, name: str) -> tuple[Heat, ...]:
    """A map a field, each with its side's name."""
    return tuple(
        replace(heat(teller, made, field, text), title=name) for field, text in made.prediction.instance.fields
    )


def _folds(teller: Teller, made: Comparison, names: tuple[str, str]) -> list[Block]:
    """The figures and what they mean, folded; for two texts also which words were matched."""

    def said(key: str, **facts: object) -> str:
        return teller.words.say(f"figure.{key}", teller.language, **facts)

    shown = ["–" if value is None else number(value, teller.language) for value in (made.tau, made.rho)]
    overlap = said("of", shared=made.shared, k=made.k, chance=number(made.chance, teller.language, 1))
    cells = (
        (said("tau"), shown[0]),
        (said("rho"), shown[1]),
        (said("overlap"), overlap),
        (said("words"), f"{made.count}"),
    )
    figures = Fold(said("title"), (Rows(("", ""), cells), Text(said("meaning"))))
    return [figures, *(matched(teller, made, names) if made.about in TWO_TEXTS else [])]
