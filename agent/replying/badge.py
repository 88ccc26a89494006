"""The verdict beside an explanation, with its figures folded behind it."""

from __future__ import annotations

from agent.words import METRICS, number, percent, say
from core.blocks import Badge, Block, Chart, Line, Rows, Text
from core.faithfulness import BETTER, NO_BETTER, NOT_APPLICABLE, Curve, Faithfulness, Score

TONES = {BETTER: "good", NO_BETTER: "bad"}
MAPS = ("", "sentences")  # what verdicts are about that set a map beside random ones


def badge(faithfulness: Faithfulness, language: str) -> list[Block]:
    """A badge, or nothing where nothing was claimed."""
    if faithfulness.verdict == NOT_APPLICABLE:
        return []
    verdict = METRICS.say(f"verdict.{faithfulness.verdict}", language)
    reason = METRICS.say(f"reason.{faithfulness.reason}", language) if faithfulness.reason else ""
    told = f"sentence_{faithfulness.about}" if faithfulness.about else "sentence"
    sentence = METRICS.say(f"{told}.{faithfulness.verdict}", language, verdict=verdict, reason=reason).strip()
    return [
        Badge(
            tone=TONES.get(faithfulness.verdict, "open"),
            text=sentence,
            fold=(
                _figures(faithfulness, language),
                *(_chart(curve, language) for curve in faithfulness.curves),
                *_meanings(faithfulness.scores, language),
            ),
            more=say("reply.figures", language),
        )
    ]


def _figures(faithfulness: Faithfulness, language: str) -> Rows:
    """One row a metric: this explanation beside the random ones."""
    names = ("metric", "value", "random") if faithfulness.about in MAPS else ("metric", "own", "chance")
    titles = tuple(say(f"column.{name}", language) for name in names)
    scores = faithfulness.scores
    return Rows(
        titles, tuple((_title(score, language), _own(score, language), _random(score, language)) for score in scores)
    )


def _chart(curve: Curve, language: str) -> Chart:
    """The map's curve beside the mean of the random ones; below 0 only a contrast of two labels can fall."""
    lines = [Line(say("column.value", language), curve.own)]
    if curve.random:
        lines.append(Line(f"{say('column.random', language)} (± SD)", curve.random, curve.spread))
    levels = (curve.low, (curve.low + curve.high) / 2, curve.high)
    low, middle, high = (number(level, language, 1) for level in levels)
    return Chart(
        places=curve.shares,
        ticks=tuple(percent(share, language) for share in curve.shares),
        lines=tuple(lines),
        low=curve.low,
        high=curve.high,
        levels=(low, middle, high),
        title=METRICS.say(f"curve.{curve.kind}" + ("_contrast" if curve.low < 0 else ""), language),
    )


def _title(score: Score, language: str) -> str:
    return METRICS.say(f"metric.{score.metric}.title", language)


def _own(score: Score, language: str) -> str:
    if score.value is None:
        return METRICS.say(f"reason.{score.reason}", language)
    return number(score.value, language, 3)


def _random(score: Score, language: str) -> str:
    """Mean ± standard deviation over the draws, and how many there were."""
    if score.mean is None or score.spread is None:
        return "–"
    return f"{number(score.mean, language, 3)} ± {number(score.spread, language, 3)} (n = {len(score.random)})"


def _meanings(scores: tuple[Score, ...], language: str) -> list[Text]:
    """What each figure means and which way is good, for people who never met it."""
    made = []
    for score in scores:
        meaning = METRICS.say(f"metric.{score.metric}.meaning", language)
        direction = METRICS.say(f"metric.{score.metric}.direction", language)
        made.append(Text(f"{_title(score, language)}: {meaning} {direction}"))
    return made
