"""`python -m jobs study_precision --dataset D --model M --out DIR`: does a compressed model still explain itself?"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from agent.registries import discover_all
from agent.running.cache import code_revision
from agent.running.run import versions
from core.settings import Settings, read_settings
from core.values import fingerprint
from jobs.precision_study.arms import Arm, Budget, Row
from jobs.precision_study.controls import controls
from jobs.precision_study.data import studied
from jobs.precision_study.figures import study
from jobs.precision_study.report import report, summary
from jobs.precision_study.work import Plan, Work, say
from jobs.shared.folder import Folder
from jobs.shared.precisions import compared_precisions
from jobs.shared.terminal import Names, add_dataset, add_languages, add_out, add_seed, add_split
from models.catalog import find
from models.generation.fluency_judge import JUDGE, judge_name
from models.loading import Models
from models.quantization.precisions import FULL
from models.weights.memory import device_of, precision_of

INTERRUPTED = 130


def main(argv: Sequence[str]) -> int:
    """Exit status 0 when report and figures are written, 130 after ctrl-c; then the same command goes on."""
    asked = _options(argv)
    settings = read_settings().model_copy(update={"seed": asked.seed})
    discover_all()
    plan = plan_of(asked, settings)
    facts = facts_of(plan)
    with Folder(asked.out).locked() as folder:
        folder.begin(facts)
        work = Work(plan, folder)
        try:
            found = ""
            for items in plan.rounds():
                work(items)
                found = write_report(folder, facts, plan.arms, work.refused)
        except KeyboardInterrupt:
            say(f"Stopped: {folder.done} rows are kept. The same command goes on from there.")
            return INTERRUPTED
        folder.write_manifest({"job": facts, "state": "done", "rows": folder.done, "refused": work.refused})
        print(found)
    return 0


def plan_of(asked: argparse.Namespace, settings: Settings) -> Plan:
    """The study that the options ask for. Raises UserError: unknown_precision, precision_needs, and what `studied` does."""
    data = studied(asked.dataset, asked.split, asked.languages, asked.limit, asked.seed)
    budget = Budget(asked.tokens, asked.tried, asked.variants, asked.deep)
    fluency = asked.fluency or judge_name(Models(settings))
    return Plan(tuple(arms_of(asked, settings)), data, budget, fluency, asked, settings)


def arms_of(asked: argparse.Namespace, settings: Settings) -> list[Arm]:
    """The reference first, then itself with another sampling seed (the noise floor), then the others.

    Raises UserError: unknown_precision, precision_needs.
    """
    device = device_of(settings.device)
    names = compared_precisions(asked.precisions, device)
    light = [precision_of(name, device) for name in asked.light]
    noise = [] if asked.no_noise else [Arm(names[0], 1)]
    return [Arm(names[0]), *noise, *map(Arm, names[1:]), *(Arm(name, 0, True) for name in light if name not in names)]


def facts_of(plan: Plan) -> dict[str, object]:
    """Everything that a row depends on."""
    asked, data = plan.asked, plan.data
    row = find(asked.model)
    return {
        "dataset": {
            "source": asked.dataset,
            "revision": data.dataset.revision,
            "split": asked.split,
            "chosen": fingerprint((data.items, data.lessons)),
            "items": len(data.items),
        },
        "model": {"name": row.name, "weights": row.key, "note": row.note},
        "arms": [asdict(arm) for arm in plan.arms],
        "budget": vars(plan.budget),
        "temperature": asked.temperature,
        "seed": asked.seed,
        "fluency": plan.fluency,
        "versions": dict(versions()),
        "code": code_revision(),
    }


def write_report(
    folder: Folder, facts: Mapping[str, object], arms: Sequence[Arm], refused: Mapping[str, str] | None = None
) -> str:
    """Write figures and page of all rows so far; the tables as text. Arms that were refused are named, and left out if they have no row."""
    rows: list[Row] = list(folder.rows())
    refused = refused or {}
    known = {str(row["arm"]) for row in rows}
    found = study(rows, [arm.name for arm in arms if arm.name in known or arm.name not in refused])
    record = found.record() | {"controls": [asdict(one) for one in controls(found, rows)], "refused": dict(refused)}
    folder.write_text(folder.path / "figures.json", json.dumps(record, indent=1, ensure_ascii=False) + "\n")
    folder.write_text(folder.report_file, report(found, rows, facts, refused))
    return summary(found, rows, refused)


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m jobs study_precision", description=__doc__)
    add = parser.add_argument
    add_dataset(parser, required=True)
    add_split(parser, "the rows to study; all other rows are there to learn from")
    add_languages(parser)
    add("--model", required=True, help="a causal model: it answers and explains its own answers")
    add(
        "--precisions",
        "--precision",
        action=Names,
        default=[],
        help=f"with commas between; {FULL}, else the first, is the reference",
    )
    add("--light", action=Names, default=[], help="precisions of which only answers and likelihoods are measured")
    add("--limit", type=int, default=100, help="items, labels and languages in turn; 0: all")
    add(
        "--round", type=int, default=0, help="items that all precisions get before the next; 0: all, models loaded once"
    )
    add("--deep", type=int, default=12, help="of them, items with attributions and CC-SHAP")
    add("--tokens", type=int, default=40, help="of an explanation or a counterfactual at most")
    add("--tried", type=int, default=8, help="insertions of the edit test")
    add("--variants", type=int, default=11, help="variants of the text for CC-SHAP")
    add(
        "--temperature", type=float, default=0.7, help="of sampling; 0 takes the likeliest token and has no noise floor"
    )
    add("--fluency", default="", help=f"the causal model that judges fluency; {JUDGE} where it is on this machine")
    add("--no-noise", action="store_true", help="without the reference's second sampling seed")
    add_seed(parser, 0)
    add_out(parser)
    return parser.parse_args(argv)
