"""Ray, and nothing else of it: actors that map batches. The one file that imports the optional package (extra `ray`)."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any

import pyarrow
import ray
import ray.data
from ray.exceptions import RayError
from ray.util.annotations import RayDeprecationWarning

from core.errors import UserError
from core.settings import ROOT

Batch = Mapping[str, Sequence[Any]]  # columns of equal length
LEFT_OUT = [".git", ".venv", "build", "**/__pycache__"]  # of the code that travels to a cluster's machines
RESTARTS = 3  # of a worker that dies, and of a batch that it takes with it


class Cluster:
    """A running cluster, as a context manager: one of this machine with a processor a worker, or the one at `address`."""

    def __init__(self, address: str, workers: int, gpus: int) -> None:
        self.workers, self.gpus = workers, gpus
        own = {"num_cpus": workers, "num_gpus": workers * gpus, "include_dashboard": False}
        far = {"address": address, "runtime_env": {"working_dir": str(ROOT), "excludes": LEFT_OUT}}
        try:
            ray.init(log_to_driver=False, logging_level="ERROR", **(far if address else own))
        except Exception as error:  # Ray raises this very class where a node does not come up
            raise UserError("no_cluster", address=address or "local", reason=_last_line(error)) from error
        logging.getLogger("ray.data").setLevel(logging.ERROR)  # progress is told by the job
        ray.data.DataContext.get_current().enable_progress_bars = False

    def __enter__(self) -> Cluster:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        ray.shutdown()

    def map(
        self, make: Callable[..., Any], given: tuple[object, ...], batches: Sequence[Sequence[int]]
    ) -> Iterator[Batch]:
        """`make(*given)` once a worker, then called with {"place": a batch}; answers as they are ready, each a batch of columns.

        Raises UserError("workers_failed") when a worker died more than `RESTARTS` times.
        """
        blocks = ray.data.from_arrow([pyarrow.table({"place": list(batch)}) for batch in batches])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RayDeprecationWarning)  # of max_restarts; the version is pinned
            answers = blocks.map_batches(
                make,
                fn_constructor_args=given,
                batch_size=None,  # a block is a batch: its answers come back as soon as it is done
                compute=ray.data.ActorPoolStrategy(size=self.workers),
                num_cpus=1,
                num_gpus=self.gpus,
                max_restarts=RESTARTS,
                max_task_retries=RESTARTS,
            )
        try:
            yield from answers.iter_batches(batch_size=None, prefetch_batches=0)
        except RayError as error:
            raise UserError("workers_failed", reason=_last_line(error)) from error


def _last_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[-1][:300]
