# Everything starts from a bare machine: git, make, Python 3.11 or later with venv, and a package index.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo chaos simulate test lint types contracts check lock format clean

# Runs the whole fleet on this machine against the simulator. SECONDS=20 stops by itself and prints the account.
demo: $(READY)
	@exec $(BIN)/python -m fleet.demo $(if $(SECONDS),--seconds $(SECONDS))

# The fleet in virtual time against faults at random: SEEDS=100000 runs so many, SEED=7 tells that one's story.
simulate: $(READY)
	@PYTHONPATH=tests/simulation $(BIN)/python -m virtual_fleet $(if $(SEED),--seed $(SEED)) $(if $(SEEDS),--seeds $(SEEDS)) $(if $(FIRST),--first $(FIRST))

# Faults of every kind over real processes, at full durations. SCENARIO="leader storm" picks by beginnings of names.
chaos: $(READY)
	@exec $(BIN)/python -m tests.chaos $(SCENARIO)

# ARGS="-k session" narrows it down.
test: $(READY)
	@$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(READY)
	@$(BIN)/mypy
	@$(BIN)/basedpyright

contracts: $(READY)
	@$(BIN)/lint-imports

check: lint types contracts test

format: $(READY)
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

# Pins every version with its hashes; needs uv. Run it after a change of dependencies in pyproject.toml.
LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
lock:
	@command -v uv >/dev/null || { echo "make lock needs uv: python3 -m pip install uv" >&2; exit 1; }
	@$(LOCK) pyproject.toml --extra uvloop --output-file requirements.lock
	@$(LOCK) pyproject.toml --extra uvloop --group dev --output-file requirements-dev.lock

$(READY): requirements-dev.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or later is needed: install python3 (Debian: apt install python3 python3-venv)" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; $(PYTHON) is $$($(PYTHON) -V 2>&1). Point PYTHON at a newer one: make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "$(PYTHON) has no venv module: install it (Debian: apt install python3-venv)" >&2; exit 1; }
	@echo "Setting up $(VENV) from requirements-dev.lock (once)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

clean:
	@rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
