"""One row of a batch job: the schema of its files, and how an answer or a failure becomes a row."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pyarrow

from agent.state import Answer
from core.data import Instance
from core.dialogue import Request
from core.explanations import Attribution, Edit, Edits, Explanation, Neighbours, Prediction, Rationale
from core.faithfulness import Score
from core.values import dump, to_json

SCHEMA_VERSION = 1
OK, FAILED = "ok", "failed"
Row = dict[str, Any]  # one JSON object, in the order of COLUMNS
TEXT, WHOLE, REAL = pyarrow.string(), pyarrow.int64(), pyarrow.float64()


def _list(**fields: Any) -> Any:
    return pyarrow.list_(pyarrow.struct(list(fields.items())))


class Column(NamedTuple):
    """A column of rows.parquet and a key of rows.jsonl, and what it means."""

    name: str
    type: Any
    about: str


COLUMNS = (
    Column("key", TEXT, "name of the row by its content: request, text and data revision"),
    Column("dataset", TEXT, "name of the data set"),
    Column(
        "dataset_revision", TEXT, "12 hexadecimal digits that change with any row, label or instruction of the data"
    ),
    Column("split", TEXT, "the row's split in the data"),
    Column("id", WHOLE, "the row's id in the data"),
    Column("language", TEXT, "the row's language, empty where the data do not say"),
    Column("fields", _list(name=TEXT, text=TEXT), "the texts that the model read"),
    Column("gold", TEXT, "the label in the data, empty where there is none"),
    Column("operation", TEXT, "what was asked"),
    Column("slots", TEXT, "the question's settings, as a JSON object"),
    Column("method", TEXT, "the method that was used, after fallbacks"),
    Column("model", TEXT, "the explained model, as asked for"),
    Column("revision", TEXT, "what pins its weights"),
    Column("precision", TEXT, "number format of its weights"),
    Column("seed", WHOLE, "seed of everything random"),
    Column("request", TEXT, "the whole request, as a JSON record that can be run again"),
    Column("status", TEXT, "ok or failed"),
    Column("error_kind", TEXT, "kind of failure, empty where there is none"),
    Column("error", TEXT, "the failure in a sentence"),
    Column("predicted", TEXT, "the model's label; null for operations without a prediction"),
    Column("probabilities", _list(label=TEXT, probability=REAL), "0 to 1, in the order of the labels"),
    Column("kind", TEXT, "kind of explanation: Attribution, Edits, Rationale, Neighbours, …"),
    Column("target", TEXT, "the label that is explained, or that edits should reach"),
    Column("tokens", _list(field=TEXT, text=TEXT, start=WHOLE, end=WHOLE, score=REAL), "attribution: one score a word"),
    Column("unit", TEXT, "unit of these scores"),
    Column(
        "edits",
        _list(text=TEXT, label=TEXT, similarity=REAL, changed=WHOLE, fluency=REAL, judge=TEXT),
        "changed texts with the model's label",
    ),
    Column("rationale", TEXT, "the explanation in words"),
    Column("verdict", TEXT, "faithfulness against chance: better, no_better, unclear or not_applicable"),
    Column("reason", TEXT, "why, as a key"),
    Column(
        "scores",
        _list(metric=TEXT, value=REAL, random_mean=REAL, random_spread=REAL, draws=WHOLE, best=TEXT, reason=TEXT),
        "the metrics behind the verdict, beside random explanations",
    ),
    Column("notes", pyarrow.list_(TEXT), "fallbacks and limits, as keys"),
    Column("seconds", REAL, "time of the explanation without its check, when it was computed"),
    Column("model_calls", WHOLE, "rows that went through the model for it"),
    Column("explanation", TEXT, "the whole explanation, as a JSON record"),
)
SCHEMA = pyarrow.schema([(one.name, one.type) for one in COLUMNS], {"polylens.schema": str(SCHEMA_VERSION)})
_EMPTY: Row = {one.name: [] if pyarrow.types.is_list(one.type) else None for one in COLUMNS}


def answered(key: str, instance: Instance, revision: str, answer: Answer) -> Row:
    """The row of an answer."""
    made, judged = answer.explanation, answer.faithfulness
    stamp = made.provenance
    own: Row = {
        "status": OK,
        "dataset": stamp.dataset,
        "method": getattr(made, "method", "") or stamp.method,
        "kind": type(made).__name__,
        "verdict": judged.verdict,
        "reason": judged.reason,
        "scores": [_score(one) for one in judged.scores],
        "notes": [name for name, _ in stamp.notes],
        "seconds": stamp.seconds,
        "model_calls": stamp.model_calls,
        "explanation": to_json(made),
    }
    return _about(key, instance, revision, answer.request) | own | _told(made)


def failed(key: str, instance: Instance, revision: str, request: Request, dataset: str, why: tuple[str, str]) -> Row:
    """The row of a question that could not be answered; `why` is a kind and a sentence."""
    own = {"status": FAILED, "dataset": dataset, "error_kind": why[0], "error": why[1]}
    return _about(key, instance, revision, request) | own


def _about(key: str, instance: Instance, revision: str, request: Request) -> Row:
    return _EMPTY | {
        "key": key,
        "dataset_revision": revision,
        "split": instance.split,
        "id": instance.id,
        "language": instance.language,
        "fields": [{"name": name, "text": text} for name, text in instance.fields],
        "gold": instance.label,
        "operation": request.operation,
        "slots": json.dumps(dict(request.slots), ensure_ascii=False),
        "method": str(request.slot("method") or ""),
        "model": request.model,
        "revision": request.revision,
        "precision": request.precision,
        "seed": request.seed,
        "request": to_json(request),
        "error_kind": "",
        "error": "",
    }


def _told(made: Explanation) -> Row:
    """What this kind of explanation says, in columns of its own."""
    teller = TELLERS.get(type(made))
    return teller(made) if teller else {}


def _prediction(made: Prediction) -> Row:
    pairs = zip(made.labels, made.probabilities, strict=True)
    return {"predicted": made.label, "probabilities": [{"label": name, "probability": share} for name, share in pairs]}


def _attribution(made: Attribution) -> Row:
    pairs = zip(made.tokens, made.scores, strict=True)
    tokens = [
        {"field": one.field, "text": one.text, "start": one.start, "end": one.end, "score": score}
        for one, score in pairs
    ]
    return _prediction(made.prediction) | {"target": made.target, "tokens": tokens, "unit": made.unit}


def _edits(made: Edits) -> Row:
    return _prediction(made.original) | {"target": made.target, "edits": [_edit(one) for one in made.edits]}


def _edit(one: Edit) -> Row:
    own: Mapping[str, Any] = {name: dump(getattr(one, name)) for name in ("similarity", "changed", "fluency", "judge")}
    return {"text": one.prediction.instance.text, "label": one.prediction.label, **own}


def _rationale(made: Rationale) -> Row:
    return _prediction(made.prediction) | {"target": made.prediction.label, "rationale": made.text}


def _neighbours(made: Neighbours) -> Row:
    return _prediction(made.prediction) if made.prediction else {}


def _score(one: Score) -> Row:
    chance = {"random_mean": one.mean, "random_spread": one.spread, "draws": len(one.random)}
    return {"metric": one.metric, "value": one.value, **chance, "best": one.best, "reason": one.reason}


TELLERS: dict[type, Callable[[Any], Row]] = {
    Attribution: _attribution,
    Edits: _edits,
    Neighbours: _neighbours,
    Prediction: _prediction,
    Rationale: _rationale,
}
