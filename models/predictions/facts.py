"""The model card: pairs of a key (operations/model_card.toml, `fact`) and a text without words, numbers as Python writes them."""

from __future__ import annotations

from models.catalog import Row
from models.predictions.head_card import Accuracy, HeadCard
from models.quantization.precisions import described

Facts = tuple[tuple[str, str], ...]


def facts_of(row: Row, revision: str, precision: str, card: HeadCard | None = None) -> Facts:
    """Source, size, precision and licence; for a head of ours also what it was trained on and how good it is."""
    found = [
        ("title", row.title),
        ("source", row.source),
        ("weights", row.note),
        ("parameters", str(row.parameters) if row.parameters else ""),
        ("languages", ", ".join(row.languages)),
        ("licence", row.licence),
        *(_head_facts(card) if card else []),
        ("precision", described(precision)),
        ("revision", revision),
    ]
    return tuple((key, text) for key, text in found if text)


def _head_facts(card: HeadCard) -> list[tuple[str, str]]:
    rows = [_accuracy(one) for one in (card.overall, *card.test)] if card.test else []
    return [
        ("task", f"{card.dataset}@{card.dataset_revision}"),
        (
            "head",
            f"softmax(W · mean(h{card.layer}) + b), L2, C = {card.strength:g}, n = {card.rows}, seed {card.seed}, {card.precision}",
        ),
        ("accuracy", "; ".join(rows)),
    ]


def _accuracy(one: Accuracy) -> str:
    """As in "de 76.2 % (64.4–85.0, n = 63)": the share that was right with its 95 % interval."""
    low, high = one.interval
    named = f"{one.language} " if one.language else ""
    return f"{named}{one.rate:.1%} ({low:.1%}–{high:.1%}, n = {one.total})".replace("%", " %")
