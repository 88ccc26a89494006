"""The engines of a batch job by name: `local`, and `ray` where its package is installed."""

from __future__ import annotations

import argparse
import importlib
import os
from functools import partial

from core.errors import UserError, unknown
from core.settings import Settings
from jobs.explaining.ray_engine import Ray
from jobs.explaining.work import Engine, Local
from models.weights.memory import device_of

LOCAL, RAY = "local", "ray"
CLUSTER = "jobs.explaining.cluster"
# Ray reads these when it is imported: it shall report nothing to its makers, be quiet, and not step back behind all others
QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_BACKEND_LOG_LEVEL": "fatal", "RAY_worker_niceness": "0"}


def engine(asked: argparse.Namespace, settings: Settings) -> Engine:
    """The engine that the options name. Raises UserError: unknown_choice, missing_extra."""
    if asked.engine not in (LOCAL, RAY):
        raise unknown("unknown_choice", asked.engine, (LOCAL, RAY))
    if asked.engine == LOCAL:
        device_of(settings.device)
        return Local()
    for name, setting in QUIET.items():
        os.environ.setdefault(name, setting)
    try:
        cluster = importlib.import_module(CLUSTER).Cluster
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "jobs":
            raise
        raise UserError("missing_extra", what=f"--engine {RAY}", package=str(error.name), extra=RAY) from error
    gpus = int(device_of(settings.device, here=False).type == "cuda")
    return Ray(partial(cluster, asked.address, asked.workers, gpus))
