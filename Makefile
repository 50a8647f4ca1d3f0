# The two commands of the README are `run` and `test`; everything behind them is `wenban …` (see `wenban --help`).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: run test lint bench evaluate check lock clean
.DELETE_ON_ERROR:

run: $(VENV)/.app
	@$(BIN)/wenban run

# What tests need is the assistant itself, ready to start, and the development tools.
test: $(VENV)/.dev
	@$(BIN)/wenban setup
	@.ci/browser
	@$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile tests/unit tests/contract $(ARGS)
	@$(BIN)/python -m pytest tests/scenarios tests/browser $(ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

bench: $(VENV)/.app
	@$(BIN)/wenban setup
	@$(BIN)/wenban bench

check: $(VENV)/.app
	@$(BIN)/wenban check

# torch comes first and with its own dependencies, so that pip may choose the CPU build; the rest is exactly the lock.
$(VENV)/.app: requirements/app.lock requirements/torch.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "wenban needs Python 3.11 or newer: install it, or name one: make $@ PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv module is missing: apt-get install python3-venv, then run make again"; exit 1; }
	@echo "Preparing the app's environment …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) install -q -c requirements/app.lock -r requirements/torch.txt
	@$(PIP) install -q --no-deps -r requirements/app.lock
	@$(PIP) install -q --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.app requirements/dev.lock
	@echo "Preparing the development tools …"
	@$(PIP) install -q --no-deps -r requirements/dev.lock
	@touch $@

# Writes the exact locks anew from pyproject.toml and intents/requirements.in; needs uv.
lock: $(VENV)/.app
	@.ci/lock

clean:
	rm -rf $(VENV) .venv-rasa var connectors/web/dist connectors/web/node_modules
