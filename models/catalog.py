"""The catalogue: one row a model, read from catalog.toml, and rows made for `hub:owner/name` and `file:/path`."""

from __future__ import annotations

import hashlib
import re
import tomllib
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.errors import unknown
from core.registry import Registry
from models.weights import checkpoints

HUB, PYPI, FILE, REMOTE = "hub:", "pypi:", "file:", "remote:"
ENCODER, CAUSAL, AUTO = "encoder", "causal", "auto"
_HUB_NAME = re.compile(r"(?P<id>\w[\w.-]*/\w[\w.-]*)(@(?P<revision>\w[\w./-]*))?")
REMOTE_NAME = re.compile(r"remote:(?P<model>[^@\s]+)@(?P<address>https?://[^\s@]+)")
_UNSAFE = re.compile(r"[^\w.-]", re.ASCII)  # a letter of many scripts takes three bytes, and a name has 255
_PATH = Path(__file__).with_name("catalog.toml")


class Row(BaseModel):
    """One model. `family` is "encoder", "causal" or "auto" (its config tells); `note` says what was done to the weights."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    source: str = Field(pattern=r"^(hub:\w[\w.-]*/\w[\w.-]*|pypi:[\w.-]+|file:.+|remote:.+)$")
    revision: str = ""
    packages: tuple[str, ...] = ()
    version: str = ""
    file: str = Field(default="", description="the data file in each package, a shell pattern")
    sha256: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")
    platform: str = Field(default="", description="wheel tag to ask for on every machine")
    format: str = Field(default="", pattern=r"^(gguf|e5s1)?$")
    family: str = Field(default=AUTO, pattern=r"^(encoder|causal|auto)$")
    chat: bool = False
    languages: tuple[str, ...] = ()
    licence: str = ""
    parameters: int = Field(default=0, ge=0)
    embeddings: int = Field(default=0, ge=0, description="of the parameters: tables that are never quantized")
    download_mb: int = Field(default=0, ge=0)
    memory_mb: dict[str, int] = Field(default_factory=dict)
    note: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Row:
        needed = ("packages", "version", "file", "sha256", "format") if self.source.startswith(PYPI) else ()
        missing = [name for name in needed if not getattr(self, name)]
        if missing:
            raise ValueError(f"a pypi row needs {', '.join(missing)}")
        return self

    @property
    def kind(self) -> str:
        """One of "hub:", "pypi:", "file:" and "remote:"."""
        return self.source[: self.source.index(":") + 1]

    @property
    def place(self) -> str:
        """The source without its kind: a hub id, a package or a path."""
        return self.source.removeprefix(self.kind)

    @property
    def key(self) -> str:
        """Name of its folder in the cache; another content has another key."""
        pinned = self.sha256[:12] or self.revision.replace("/", "-") or "main"
        name = self.name if self.kind == PYPI else self.place.replace("/", "--")
        return f"{plain(name)}-{pinned}"


def plain(name: str) -> str:
    """The name as part of a file's name, in ASCII."""
    return _UNSAFE.sub("-", name)[-80:]


@lru_cache(maxsize=1)
def catalog() -> Registry[Row]:
    """All rows of catalog.toml; an unknown name raises UserError("unknown_model")."""
    rows: Registry[Row] = Registry("unknown_model")
    for table in tomllib.loads(_PATH.read_text("utf-8"))["model"]:
        rows.add(Row(**table))
    return rows


def find(name: str) -> Row:
    """The row of a catalogue name, of `hub:owner/name[@revision]`, `file:/path` or `remote:MODEL@address`.

    Raises UserError("unknown_model").
    """
    if name.startswith(HUB) and (named := _HUB_NAME.fullmatch(name.removeprefix(HUB))) and name[len(HUB)] != ".":
        return _hub_row(named["id"], named["revision"] or "")
    if name.startswith(FILE):
        return _file_row(Path(name.removeprefix(FILE)).expanduser())
    if remote := REMOTE_NAME.fullmatch(name):
        return Row(name=name, title=remote["model"], source=name, family=CAUSAL, chat=True)
    if name not in catalog():
        raise unknown("unknown_model", name, catalog().names())
    return catalog()[name]


def _hub_row(place: str, revision: str) -> Row:
    """The catalogue's row where it has this model; else one that knows only the name."""
    known = next((row for row in catalog() if row.source == HUB + place), None)
    if known and revision in ("", known.revision):
        return known
    named = HUB + place + (f"@{revision}" if revision else "")
    return Row(name=named, title=place, source=HUB + place, revision=revision, chat=True)


def _file_row(path: Path) -> Row:
    """A folder in Hugging Face layout or a .gguf file; the revision changes with names, sizes and times of its files.

    Those of checkpoints in it count: what influenced a decision is reckoned from them, too.
    """
    if not path.exists() or (path.is_file() and path.suffix != ".gguf"):
        raise unknown("unknown_model", f"{FILE}{path}", catalog().names())
    files = [path] if path.is_file() else sorted(file for file in path.iterdir() if file.is_file())
    names = [(file, file.name) for file in files]
    names += [(file, f"{file.parent.name}/{file.name}") for file in checkpoints.files(path)]
    facts = [(name, file.stat().st_size, file.stat().st_mtime_ns) for file, name in names]
    revision = hashlib.sha256(repr(facts).encode()).hexdigest()[:12]
    shape = "gguf" if path.suffix == ".gguf" else ""
    return Row(
        name=f"{FILE}{path}",
        title=path.name,
        source=f"{FILE}{path.absolute()}",
        revision=revision,
        chat=True,
        format=shape,
    )
