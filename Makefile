# `make validate` checks an import file, `make test` runs the tests; both do all the set-up that they need.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
FILE ?= corpus/stream-chat/valid/seed-example.json
SCALE ?= 300MB
RUNS ?= 3
ONLY ?=
BENCH_DIR ?=
SECONDS ?= 600
SEED ?= random
INPUTS ?=

.PHONY: validate test covered lint native crate bench fuzz mutants clean

validate: $(VENV)/installed
	@$(BIN)/import-validator validate $(FILE) $(ARGS)

test: $(VENV)/developed $(VENV)/clients/installed $(VENV)/compiled
	@$(MAKE) --no-print-directory --jobs 2 lint covered

covered: $(VENV)/developed
	@rm -f .coverage .coverage.*
	@$(BIN)/coverage run -m pytest --numprocesses auto --dist worksteal $(ARGS)
	@$(BIN)/coverage combine -q
	@$(BIN)/coverage report

lint: $(VENV)/developed
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check -q
	@$(BIN)/mypy
	@$(BIN)/zizmor --offline --quiet .github/workflows
	@$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml

# Builds the compiled lane, which validates faster and finds the same. Everything works without it.
native: $(VENV)/installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --force-reinstall --no-deps ./native

# Checks the compiled lane's own code, and runs its own tests.
crate:
	@cd native && cargo fmt --all --check
	@cd native && cargo clippy --quiet --locked --workspace --all-targets -- -D warnings
	@cd native && cargo test --quiet --locked --package import-validator-core

# SCALE=30MB|300MB|3GB is the largest file, RUNS how often each case is run, ONLY=PATTERN which, BENCH_DIR where.
bench: $(VENV)/benched
	@$(BIN)/python -m benchmarks --scale $(SCALE) --runs $(RUNS) --only '$(ONLY)' $(if $(BENCH_DIR),--folder $(BENCH_DIR))

# SEED=N|random is what chance begins from; INPUTS is how many new inputs each harness checks, or else SECONDS how long
# it looks for inputs that fail; ONLY=NAME is one harness. See fuzz/README.md.
fuzz: $(VENV)/fuzzed
	@$(BIN)/python -m fuzz $(ONLY) --seed $(SEED) $(if $(INPUTS),--inputs $(INPUTS),--seconds $(SECONDS)) $(ARGS)

# Puts mistakes into the engine and says which of them no test notices; see docs/testing.md. It takes an hour or so.
mutants: $(VENV)/mutated
	@$(BIN)/python -m mutants $(ARGS)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or later is needed: make PYTHON=python3.12 …" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/developed: pyproject.toml requirements-dev.txt | $(VENV)/installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[testing,transit,zstd,excel]' -r requirements-dev.txt
	@touch $@

$(VENV)/clients/installed: requirements-clients.txt | $(BIN)/python
	@$(BIN)/python -m venv $(VENV)/clients
	@$(VENV)/clients/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-clients.txt \
		&& touch $@ || echo "stitchclient cannot be installed here, see above: its tests are skipped" >&2

$(VENV)/compiled: $(shell find native -name target -prune -o -type f -print) | $(VENV)/installed
	@if command -v cargo >/dev/null; then $(MAKE) --no-print-directory native && touch $@; \
		else echo "without cargo there is no compiled lane: the tests go without it" >&2; fi

$(VENV)/benched: requirements-bench.txt | $(VENV)/installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	@touch $@

$(VENV)/fuzzed: requirements-fuzz.txt | $(VENV)/installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: -r requirements-fuzz.txt \
		&& touch $@ || echo "atheris cannot be installed here, see above: make fuzz goes on without it" >&2

$(VENV)/mutated: requirements-mutants.txt | $(VENV)/developed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-mutants.txt
	@touch $@

clean:
	rm -rf $(VENV) .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis dist
