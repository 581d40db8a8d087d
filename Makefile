# Naru's recipes. `make` alone prints them, each with its sentence.
# Only git, make and Python 3.11 or later are needed; everything else is brought by `make setup`.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup peers demo test test-long pages bench lint types imports fmt clean

BIN := .venv/bin
READY := .venv/.ready
# Words handed on to the program behind a recipe, as in `make demo ARGS=--exit`.
ARGS ?=
# A group's tests share what is slow to make, so one process runs them all.
PYTEST := scripts/ask-again.sh $(BIN)/pytest -n 2 --dist loadgroup -m "not long"
# What knows no database, brings its own, or asks only what stands on the wire needs no second run
# on PostgreSQL.
NO_DATABASE := $(addprefix --ignore=tests/,architecture conformance demo docs domain formats habits peers ui) \
  $(addprefix --ignore=tests/end_to_end/test_,bad_input.py hostile_fhir.py hostile_syslog.py hostile_xml.py smuggling.py)

help: ## Print each recipe with its sentence.
	@sed -nE 's/^([a-z-]+):.*## (.*)$$/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

setup: $(READY) ## Bring all that is needed into .venv and leave the program at .venv/bin/naru.

# The stamp is older than the lock file exactly when something has to be fetched.
$(READY): pyproject.toml uv.lock scripts/setup.sh scripts/find-python.sh
	@PYTHON="$(PYTHON)" scripts/setup.sh
	@touch $@

peers: setup ## Bring the programs of others that the tests let speak to a node; tests do without.
	@scripts/peers.sh

demo: setup ## Play a record's crossing step by step, then keep the page open (ARGS=--exit ends it).
	$(BIN)/naru demo $(ARGS)

test: setup lint types imports ## Check style, types, architecture and behaviour; ends within half an hour on two processors.
	NARU_TEST_DATABASE= $(PYTEST) $(ARGS)
	scripts/on-postgresql.sh $(PYTEST) $(NO_DATABASE) $(ARGS)

test-long: setup ## Run the tests that take minutes: faults, load, long random searches.
	$(BIN)/pytest -m long --timeout 1800 --hypothesis-profile=new $(ARGS)

pages: setup ## Take a picture of every page of the demo, on a phone and at a desk, into docs/pages.
	$(BIN)/python scripts/screenshots.py $(ARGS)

bench: setup ## Measure what a node does beside the floor of this same machine.
	$(BIN)/python -m bench $(ARGS)

lint: setup ## Check style, format and spelling.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell

types: setup ## Check the types, strictly.
	$(BIN)/mypy

imports: setup ## Check that imports between the rooms go down only.
	$(BIN)/lint-imports

fmt: setup ## Put the code into its format and mend what can be mended.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## Remove the environment and every cache; data folders stay.
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
