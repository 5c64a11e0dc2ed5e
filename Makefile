# Everything a person or a machine does with this repository. `make run` and `make test` need python3 (3.11+) and make only.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8080
DATA ?= .data
# Tests wait for processes and browsers, so one more than there are processors keeps these busy.
TESTERS ?= $(shell $(PYTHON) -c 'import os; print(min(os.cpu_count() or 1, 5) + 1)')

RUN_STAMP = $(VENV)/.run-$(shell sha256sum requirements.lock pyproject.toml | sha256sum | cut -c1-16)
TEST_STAMP = $(VENV)/.test-$(shell sha256sum requirements.lock tests/requirements.lock pyproject.toml | sha256sum | cut -c1-16)
# The locks hold all that is needed, so nothing is resolved; what is used is compiled at its first import.
INSTALL = $(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet --no-deps --no-compile
LOCKED = $(INSTALL) --require-hashes -r
OURSELVES = $(INSTALL) --no-build-isolation -e .

.PHONY: help run test check prove setup lock golden screenshots bench clean
help:  ## list the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(RUN_STAMP)  ## serve the gateway with embedded SQLite and demo data on http://127.0.0.1:8080
	$(BIN)/sepa-gateway serve --demo --port $(PORT) --data $(DATA)

setup: $(TEST_STAMP)  ## install everything that running, testing and checking need

test: $(TEST_STAMP)  ## run each guard once, on SQLite and PostgreSQL (about four minutes)
	$(BIN)/python -m pytest -n $(TESTERS) --dist worksteal

check: $(TEST_STAMP)  ## formatter, linter, types, import contracts, then the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) test

prove: $(TEST_STAMP)  ## full counts (kills, races, seeds); writes docs/figures.md
	PROVE=1 $(BIN)/python -m pytest -m prove -p no:xdist -s

golden: $(TEST_STAMP)  ## write the expected results of the golden files anew; review the diff like code
	$(BIN)/python -m tests.support.rewrite_golden

screenshots: $(TEST_STAMP)  ## take the pictures of docs/screenshots
	$(BIN)/python docs/screenshots/take.py

bench: $(TEST_STAMP)  ## measure speed as ratios against peers and limits; see bench/README.md
	$(BIN)/python -m bench

lock: $(TEST_STAMP)  ## resolve both locks again
	$(BIN)/python -m pip install --quiet uv
	$(COMPILE) --extra postgres --extra build pyproject.toml -o requirements.lock
	$(COMPILE) --all-extras -c requirements.lock $$(sed -nE 's/^([A-Za-z0-9._-]+)==.*/--no-emit-package \1/p' requirements.lock) pyproject.toml -o tests/requirements.lock
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url

clean:  ## remove the virtual environment
	rm -rf $(VENV)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; set PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "The venv module is missing. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@awk '/^[^ ]/ { wanted = /^pip==/ } wanted' requirements.lock >$(VENV)/pip.lock  # It installs the rest in half the time.
	@$(LOCKED) $(VENV)/pip.lock

$(RUN_STAMP): | $(VENV)/bin/python
	@test -e $(TEST_STAMP) || { echo "Installing the gateway (once) ..." && $(LOCKED) requirements.lock && $(OURSELVES); }
	@touch $@

$(TEST_STAMP): | $(VENV)/bin/python
	@echo "Installing the gateway with its test tools (once) ..."
	@$(LOCKED) tests/requirements.lock & tools=$$!; $(LOCKED) requirements.lock && wait $$tools
	@$(OURSELVES)
	@touch $@
