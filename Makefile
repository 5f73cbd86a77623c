# `make demo` and `make test` set everything up by themselves. They need Python 3.11 or newer, and a package index.

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Quiet twice: pip then says what fails, and nothing of what it merely passed over.
PIP := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check
# Real inputs kept outside the project; tests that want them are skipped, and counted, where they are absent.
export DIGEST_TEST_DATA ?= ../shared/data
WORKERS ?= auto

.DEFAULT_GOAL := help
.PHONY: help install lint test docs check fix demo peers chaos bench lock wheel-test clean

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | expand -t 14

install: $(READY) ## the virtual environment in .venv, with everything pinned

$(READY): requirements/dev.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes --only-binary :all: --no-binary dkimpy,docopt,rouge-score -r requirements/dev.txt
	$(PIP) --no-build-isolation --no-deps --editable .
	@touch $(READY)

demo: install ## the main job on the bundled newsroom: no network, no keys
	$(BIN)/digest demo

test: install ## all tests, on SQLite and then on PostgreSQL (what a browser shows, once)
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal $(ARGS)
	DIGEST_TEST_DATABASE=postgresql $(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal --ignore-glob='*_browser.py' tests/store tests/social tests/cli tests/web tests/faults $(ARGS)

wheel-test: install ## the tests against the built wheel, with src/ out of reach
	sh tests/wheel.sh $(BIN)

lint: install ## style, types, layers, spelling of the documents
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python docs/make.py --check
	$(BIN)/python tests/lint_files.py

fix: install ## let the formatter and the linter mend what they can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: install ## write the reference pages from the program itself
	$(BIN)/python docs/make.py

check: lint test ## everything a change must pass

peers: ## what some tests judge us by: Chromium, Postfix, npm mjml (needs root and Debian)
	sh tests/peers/install.sh

chaos: install ## send editions while all that can break is broken, and count who got what
	$(BIN)/python tests/machines/chaos.py $(ARGS)

bench: install ## the measurements of docs/measured.md
	$(PIP) -r bench/requirements.txt
	$(BIN)/python bench/run.py

lock: ## write the pins again, with hashes and without addresses
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 pyproject.toml -o requirements/base.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --all-extras --group test --group lint --group build pyproject.toml -o requirements/dev.txt

clean: ## remove what was made here
	rm -rf $(VENV) dist build out .pytest_cache .mypy_cache .ruff_cache .hypothesis
