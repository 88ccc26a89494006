"""Models from the Hugging Face hub: only weights, configuration and tokenizer, never code and never pickles."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path

import httpx2
from huggingface_hub import snapshot_download
from huggingface_hub.errors import (
    DryRunError,
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils.tqdm import disable_progress_bars

from core.errors import UserError
from core.progress import Progress
from models.catalog import Row
from models.weights.fetching import MEGABYTE, STEP, announce, disk_errors

WEIGHTS, PACKED = "*.safetensors", "*.gguf"
SMALL = ("*.safetensors.index.json", "config.json", "generation_config.json", "tokenizer*", "special_tokens_map.json")
VOCABULARY = ("vocab*", "merges.txt", "sentencepiece*", "spiece.model", "chat_template*")
NEVER = ("*/*", "*.bin", "*.py", "*.pkl", "*.pt", "*.h5", "*.msgpack")  # code, pickles, and other frameworks' folders
# of several packed files, the closest to full precision that stays small
PREFERRED = ("q8_0", "q6_k", "q5_k_m", "q4_k_m")

ABSENT = (RepositoryNotFoundError, RevisionNotFoundError, GatedRepoError, HFValidationError)


def fetch_hub(row: Row, cache: Path, progress: Progress) -> Path:
    """The folder of a hub row's files in the cache; a complete one is used without asking the network.

    Raises UserError: no_network, disk_full, unknown_model_source, no_safetensors.
    """
    if found := fetched(row, cache):
        return found
    cache.mkdir(parents=True, exist_ok=True)
    disable_progress_bars()
    with _told(row):
        files = _listing(row, cache)
        wanted = sum(size for _, size in files)
        announce(row, wanted // MEGABYTE, wanted, cache)
        progress(STEP, 0.0)
        with disk_errors(row, cache, wanted):
            folder = Path(_snapshot(row, cache, [name for name, _ in files]))
    progress(STEP, 1.0)
    part = cache / f"{row.key}.{os.getpid()}.part"
    part.write_text(json.dumps({"folder": str(folder)}), "utf-8")
    os.replace(part, _marker(row, cache))
    return folder


def fetched(row: Row, cache: Path) -> Path | None:
    """The folder of a hub row whose files were fetched before; None where there is none, or nobody can read which it is."""
    try:
        folder = Path(json.loads(_marker(row, cache).read_text("utf-8"))["folder"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return folder if folder.exists() else None


def _marker(row: Row, cache: Path) -> Path:
    """Says where the files of a row are, once all of them are there."""
    return cache / f"{row.key}.json"


def size_of(row: Row, cache: Path) -> int:
    """Bytes of the files that would be fetched. Raises UserError: no_network, unknown_model_source, no_safetensors, fetch_failed."""
    with _told(row):
        return sum(size for _, size in _listing(row, cache))


@contextmanager
def _told(row: Row) -> Iterator[None]:
    """What went wrong on the way to the hub, as an error that a visitor understands."""
    try:
        yield
    except ABSENT as error:
        raise UserError("unknown_model_source", name=row.name, source=row.source) from error
    except DryRunError as error:  # the library hides why the listing failed behind one error
        missing = isinstance(error.__cause__, ABSENT)
        kind = "unknown_model_source" if missing else "no_network"
        raise UserError(kind, name=row.name, source=row.source) from error
    except (LocalEntryNotFoundError, OfflineModeIsEnabled, httpx2.TransportError) as error:
        raise UserError("no_network", name=row.name, source=row.source) from error
    except HfHubHTTPError as error:
        raise UserError("fetch_failed", name=row.name, reason=str(error).splitlines()[0][:200]) from error


def _listing(row: Row, cache: Path) -> list[tuple[str, int]]:
    """Names and sizes in bytes of the files to fetch."""
    found = snapshot_download(
        row.place, revision=row.revision or None, cache_dir=cache, ignore_patterns=list(NEVER), dry_run=True
    )
    sizes = {file.filename: int(file.file_size or 0) for file in found}
    return [(name, sizes[name]) for name in chosen(list(sizes), row.name)]


def chosen(names: Sequence[str], model: str) -> list[str]:
    """The files worth fetching: safetensors or else one packed file, with configuration and vocabulary."""
    named = [name for name in names if not any(fnmatch(name, pattern) for pattern in NEVER)]
    weights = [name for name in named if fnmatch(name, WEIGHTS)]
    if not weights:
        packed = sorted(name for name in named if fnmatch(name, PACKED))
        by_taste = [name for taste in PREFERRED for name in packed if taste in name.lower()]
        weights = (by_taste or packed)[:1]
    if not weights:
        raise UserError("no_safetensors", name=model)
    return weights + [name for name in named if any(fnmatch(name, pattern) for pattern in (*SMALL, *VOCABULARY))]


def _snapshot(row: Row, cache: Path, names: list[str]) -> str:
    return str(snapshot_download(row.place, revision=row.revision or None, cache_dir=cache, allow_patterns=names))
