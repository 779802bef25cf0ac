# Sapar: `make run` shows the service, `make test` runs every test. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
export PYTHONPATH := $(CURDIR)
# In the order of the folders: by number of tests the few in the browser, the longest, came last.
PARALLEL := -n auto --dist loadfile --no-loadscope-reorder
# Where Python is told to keep no bytecode, each of many processes would compile all packages anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run demo test check format messages lock prove bench screenshots clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

$(VENV)/.ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit("Sapar needs Python 3.11 or newer; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Sapar needs Python's venv module: on Debian, apt-get install python3-venv"; exit 1; }
	@echo "Setting up .venv (about half a minute, once) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip sync --quiet --require-hashes requirements.txt
	@touch $@

$(VENV)/.messages: $(VENV)/.ready $(wildcard mobility/translations/*/LC_MESSAGES/*.po)
	@$(BIN)/python -c 'from mobility.catalogues import compile_catalogues; compile_catalogues()'
	@touch $@

# Machine code is kept beside its source and does not notice when what it calls changes: begin anew.
$(VENV)/.engine: $(VENV)/.ready $(wildcard matching/kernel/*.py) matching/side/softmin.py matching/policies/compiled.py
	@echo "Compiling the matching engine (about half a minute, once) …"
	@rm -f matching/kernel/__pycache__/*.nb? matching/policies/__pycache__/*.nb? matching/side/__pycache__/*.nb?
	@$(BIN)/python -c 'import matching.kernel, matching.side.softmin, matching.policies.compiled'
	@touch $@

run: $(VENV)/.messages $(VENV)/.engine ## set everything up, fill the demonstration, serve it (PORT=8000)
	@$(BIN)/python -m mobility.cli prepare
	@$(BIN)/python -m mobility.cli demo --if-empty
	@exec $(BIN)/python -m mobility.cli serve --port $(PORT)

test: $(VENV)/.messages $(VENV)/.engine ## every test, on SQLite and on PostgreSQL
	@echo "Tests on SQLite …"
	@$(BIN)/python -m pytest -q $(PARALLEL)
	@echo "Tests that touch the database, on a private PostgreSQL …"
	@$(BIN)/python -m pytest -q $(PARALLEL) --database=postgresql

check: $(VENV)/.messages $(VENV)/.engine ## lint, types and tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(MAKE) --no-print-directory test

format: $(VENV)/.ready ## format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

messages: $(VENV)/.ready ## gather new sentences into the message catalogues
	@$(BIN)/python -m mobility.catalogues

lock: $(VENV)/.ready ## renew the lock from pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --extra test pyproject.toml -o requirements.txt

prove: $(VENV)/.messages $(VENV)/.engine ## the same tests with the large numbers of examples
	@SAPAR_EXAMPLES=10000 $(BIN)/python -m pytest -q $(PARALLEL)

.venv-bench/.ready: $(VENV)/.ready pyproject.toml
	@echo "Setting up .venv-bench with the peers (about half a minute, once) …"
	@test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	@VIRTUAL_ENV=.venv-bench $(BIN)/uv pip sync --quiet --require-hashes requirements.txt
	@VIRTUAL_ENV=.venv-bench $(BIN)/uv pip install --quiet -r pyproject.toml --extra bench
	@touch $@

bench: .venv-bench/.ready $(VENV)/.engine ## the engine beside its peers, into docs/benchmarks.md (BENCH='--sizes 1000')
	@.venv-bench/bin/python -m benchmarks $(BENCH)

screenshots: $(VENV)/.messages $(VENV)/.engine ## pictures of the main pages into docs/screenshots
	@$(BIN)/python -m tests.e2e.screenshots

clean: ## remove what was built, never what people entered
	rm -rf $(VENV) .venv-bench build dist .pytest_cache .ruff_cache .mypy_cache
