"""What is read by other programs agrees with us: Dockerfile, compose.yaml, the Space's header, the docs site, the settings table."""

from __future__ import annotations

import json
import re
import tomllib
from fnmatch import fnmatch

import pytest
import yaml

from core.settings import PREFIX, ROOT, Settings
from jobs.write_docs import DEPLOY, END, START, deploy

DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
COPIED = [source for line in re.findall(r"^COPY (.+)$", DOCKERFILE, re.MULTILINE) for source in line.split()[:-1]]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT = PYPROJECT["project"]
ELSEWHERE = {"POLYLENS_TEST_POSTGRES"}  # for tests alone


@pytest.mark.parametrize("source", COPIED)
def test_the_image_copies_what_there_is(source: str) -> None:
    let_in = [line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")]
    assert (ROOT / source).exists() and any(fnmatch(source, pattern) for pattern in let_in)


def test_the_image_holds_every_room_and_no_more_rights_than_a_user() -> None:
    rooms = set(PYPROJECT["tool"]["ruff"]["lint"]["isort"]["known-first-party"]) - {"tests"}
    assert rooms | {"app.py", "datasets", "requirements.txt"} <= set(COPIED)
    assert DOCKERFILE.index("USER polylens") < DOCKERFILE.index('CMD ["python", "app.py"]')


def test_the_container_writes_into_its_volume_and_hears_when_it_is_stopped() -> None:
    folders = dict(re.findall(r"(POLYLENS_CACHE|MPLCONFIGDIR|HF_HOME)=(\S+)", DOCKERFILE))
    assert len(folders) == 3 and {folder.split("/")[1] for folder in folders.values()} == {"cache"}
    assert "VOLUME /cache" in DOCKERFILE and "STOPSIGNAL SIGINT" in DOCKERFILE


def test_the_check_of_health_is_a_program() -> None:
    line = next(line for line in DOCKERFILE.splitlines() if "app_id" in line)
    order = json.loads(line.strip().removeprefix("CMD "))
    compile(order[2], "healthcheck", "exec")
    assert order[:2] == ["python", "-c"] and "gradio_api/app_id" in order[2]


@pytest.mark.parametrize("file", ["Dockerfile", "compose.yaml", "docs/deploy.md", "README.md"])
def test_settings_that_are_named_are_settings(file: str) -> None:
    named = set(re.findall(rf"{PREFIX}[A-Z_]+", (ROOT / file).read_text("utf-8"))) - ELSEWHERE
    assert named <= {PREFIX + name.upper() for name in Settings.model_fields}


def test_compose_asks_for_its_password_and_keeps_what_must_be_kept() -> None:
    composed = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    app, server = composed["services"]["polylens"], composed["services"]["postgres"]
    assert app["environment"]["POLYLENS_STATE"].startswith("postgresql://polylens:${POSTGRES_PASSWORD:?")
    assert {volume.partition(":")[0] for one in (app, server) for volume in one["volumes"]} == set(composed["volumes"])
    assert all(port.startswith("127.0.0.1:") for port in app["ports"]) and "ports" not in server
    assert "--host" in server["healthcheck"]["test"]  # a server that is still being set up listens on its socket alone
    assert set(re.search(r"ARG EXTRAS=(.*)", DOCKERFILE)[1].split(",")) <= set(PROJECT["optional-dependencies"])  # type: ignore[index]


def test_the_space_runs_what_we_require() -> None:
    header = yaml.safe_load((ROOT / "README.md").read_text("utf-8").split("---")[1])
    required = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    assert f"gradio=={header['sdk_version']}" in required and (ROOT / header["app_file"]).exists()
    assert PROJECT["requires-python"].removeprefix(">=") == str(header["python_version"])


def test_installing_copies_nothing_that_needs_the_repository_beside_it() -> None:
    assert PYPROJECT["tool"]["setuptools"]["packages"] == []


def test_the_site_shows_every_page() -> None:
    nav = re.findall(r"[\w/-]+\.md", json.dumps(yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))["nav"]))
    assert sorted(nav) == sorted(str(path.relative_to(ROOT / "docs")) for path in (ROOT / "docs").rglob("*.md"))


def test_the_table_of_settings_is_written_between_its_marks() -> None:
    made = deploy(f"before\n{START}\nstale\n{END}\nafter")
    assert made.startswith("before\n") and made.endswith(f"{END}\nafter") and "stale" not in made
    assert made.count("\n| `POLYLENS_") == len(Settings.model_fields) and deploy(made) == made
    assert "| `POLYLENS_PORT` | `7860` |" in made and "| `POLYLENS_CACHE` | `~/.cache/polylens` |" in made
    assert all(field.description for field in Settings.model_fields.values())
    assert START in DEPLOY.read_text("utf-8")
