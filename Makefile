# Every target sets up what it needs and can be run again at any time. `make` alone lists them.
PYTHON ?= python3.11
BIN := .venv/bin
CHAT := .venv/.chat
DEV := .venv/.dev
AUDIT := .venv/audit
SITE := .venv/site
READY := .venv/.ready
# Modules in the order of their names: dealt by their number of tests, the slow ones of the browser would come last and alone.
SPREAD := -n 2 --dist loadscope --no-loadscope-reorder
PIP := $(BIN)/python -m pip install --disable-pip-version-check --progress-bar on --quiet

.DELETE_ON_ERROR:
.PHONY: help chat test test-all check bench models docs site audit clean

help:
	@echo "make chat      set up and serve the chat on http://127.0.0.1:7860"
	@echo "make test      set up and run the tests (browser tests too, where Chromium is installed)"
	@echo "make test-all  the same with the long tests"
	@echo "make check     style, types, generated docs"
	@echo "make bench     speed and memory, into build/bench.json"
	@echo "make audit     security rules, known vulnerabilities, licences"
	@echo "make docs      write docs/operations.md from the operations, and the settings in docs/deploy.md"
	@echo "make site      the docs as a site, into build/site"

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed; name yours: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Setting up .venv"
	@$(PYTHON) -m venv .venv

$(CHAT): requirements.txt | .venv/bin/python
	@echo "Installing packages (about 400 MB with the CPU build of torch; several GB where only the CUDA build is served)"
	@$(PIP) -r requirements.txt
	@touch $@

$(DEV): requirements-dev.txt $(CHAT)
	@echo "Installing test tools (about 60 MB)"
	@$(PIP) -r requirements-dev.txt
	@touch $@

# The default models: fetched, checked, converted and trained once, kept in the user's cache folder.
models: $(CHAT)
	@$(BIN)/python -m jobs prepare

chat: $(READY)
	@$(BIN)/python app.py

# Once a set-up: app.py makes by itself what is missing later, but then the first visitor waits for it.
$(READY): $(CHAT)
	@$(BIN)/python -m jobs prepare --neighbours
	@touch $@

test: $(DEV) models
	@$(BIN)/python -m pytest -m "not slow" $(SPREAD)

test-all: $(DEV) models
	@$(BIN)/python -m pytest $(SPREAD)

check: $(DEV)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m jobs write_docs --check
	@$(BIN)/python -m pytest tests/contracts/test_layers.py

bench: $(DEV) models
	@$(BIN)/python -m tests.benchmarks --out build/bench.json

docs: $(CHAT)
	@$(BIN)/python -m jobs write_docs

# A set-up of its own: what the auditor needs must not change what is audited.
$(AUDIT)/bin/pip-audit: requirements-audit.txt | .venv/bin/python
	@$(PYTHON) -m venv $(AUDIT)
	@$(AUDIT)/bin/python -m pip install --disable-pip-version-check --quiet -r requirements-audit.txt

audit: $(DEV) $(AUDIT)/bin/pip-audit
	@$(BIN)/python -m jobs audit --pip-audit $(AUDIT)/bin/pip-audit

# Its tools stand in the extra `docs` and in a set-up of their own: the chat needs none of them.
$(SITE)/bin/mkdocs: pyproject.toml | .venv/bin/python
	@$(PYTHON) -m venv $(SITE)
	@$(SITE)/bin/python -m pip install --disable-pip-version-check --quiet $$($(PYTHON) -c "import tomllib; \
	print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']['docs'])")
	@touch $@

site: $(SITE)/bin/mkdocs
	@NO_MKDOCS_2_WARNING=1 $(SITE)/bin/mkdocs build --quiet --strict

clean:
	@rm -rf build .mypy_cache .ruff_cache .pytest_cache .hypothesis
