# `make validate` checks an import file, `make test` runs the tests; both do all the set-up that they need.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
FILE ?= corpus/stream-chat/valid/seed-example.json
SIZE ?= 300MB

.PHONY: validate test lint bench clean

validate: $(VENV)/installed
	@$(BIN)/import-validator validate $(FILE) $(ARGS)

test: $(VENV)/developed lint
	@rm -f .coverage .coverage.*
	@$(BIN)/coverage run -m pytest --numprocesses auto $(ARGS)
	@$(BIN)/coverage combine -q
	@$(BIN)/coverage report

lint: $(VENV)/developed
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check -q
	@$(BIN)/mypy

bench: $(VENV)/developed
	@$(BIN)/python benchmarks/run.py $(SIZE)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or later is needed: make PYTHON=python3.12 …" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/developed: pyproject.toml requirements-dev.txt | $(VENV)/installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[transit,zstd]' -r requirements-dev.txt
	@touch $@

clean:
	rm -rf $(VENV) .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis dist
