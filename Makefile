# Aftercare: every command a newcomer needs. `make` alone lists them.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

UV_VERSION := 0.13.9
# A uv on the PATH is used if it runs (a pyenv shim may be there and not run).
UV := $(shell uv --version >/dev/null 2>&1 && command -v uv || echo $(CURDIR)/.tools/uv/bin/uv)
LOCK := $(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header
say = @printf '\033[1m==> %s\033[0m\n' "$(1)"

PRODUCT := .venv/.installed
RASA := bot/runtime/.venv/.installed
PYTHON := .venv/bin/python
AFTERCARE := .venv/bin/aftercare

# ── Commands ─────────────────────────────────────────────────────────────────

.PHONY: help
help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: $(PRODUCT) train ## Start everything, with invented patients (SCRIPTED=1: play a day, print it)
	$(AFTERCARE) demo $(if $(filter-out 0,$(SCRIPTED)),--scripted)

.PHONY: test
test: $(PRODUCT) train ## Run all tests (ARGS="-k warfarin" chooses)
	$(PYTHON) -m pytest $(ARGS)

.PHONY: lint
lint: $(PRODUCT) ## Check style, format and types
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy

.PHONY: bench
bench: $(PRODUCT) train ## Measure turns a second and waiting times, beside stock Rasa
	$(PYTHON) -m benchmarks $(ARGS)

.PHONY: install
install: $(PRODUCT) $(RASA) ## Make both Python environments

.PHONY: train
train: $(RASA) ## Train the bot, if what it is made from changed
	@bot/runtime/.venv/bin/python bot/runtime/train.py

.PHONY: record
record: $(PRODUCT) train ## Record Rasa's answers again, for the tests that run without it
	$(PYTHON) -m pytest tests --record $(ARGS)

.PHONY: messages
messages: $(PRODUCT) ## Collect the texts to translate into locales/
	$(PYTHON) -m aftercare.extract $(ARGS)

.PHONY: docs
docs: $(PRODUCT) ## Write the pages that list every command and setting
	$(PYTHON) -m aftercare.cli._reference

.PHONY: lock
lock: $(UV) ## Take newer versions of the dependencies into the locks
	$(call say,Resolving the product's dependencies)
	$(LOCK) --upgrade --python 3.13 pyproject.toml --output-file requirements.lock
	$(LOCK) --upgrade --python 3.13 pyproject.toml --group dev --constraints requirements.lock \
		--output-file requirements-dev.lock
	$(call say,Resolving Rasa's dependencies)
	cd bot/runtime && $(LOCK) --upgrade --python 3.10 pyproject.toml --output-file requirements.lock

.PHONY: clean
clean: ## Remove environments, the trained bot and caches (var/, the data, stays)
	rm -rf .venv .tools .cache bot/runtime/.venv bot/models .rasa bot/runtime/.rasa \
		.mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

# ── What the commands need ───────────────────────────────────────────────────

$(CURDIR)/.tools/uv/bin/uv:
	$(call say,Installing uv $(UV_VERSION) into .tools)
	@python3 -m venv .tools/uv || { \
		echo "Python's venv module is missing: install it (Debian: apt-get install python3-venv)," \
			"or install uv yourself: https://docs.astral.sh/uv/"; exit 1; }
	@.tools/uv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

# $(call need,VERSION,FOR WHOM,FOLDER): uv finds this Python, downloads it, or we say what to do.
define need
	@$(UV) --directory $(3) venv --quiet --python $(1) --allow-existing .venv || { \
		printf '\n%s\n' "Python $(1), which $(2) needs, was not found and could not be downloaded." \
			"Install it, for example with: pyenv install $(1)   or: $(UV) python install $(1)"; exit 1; }
endef

$(PRODUCT): requirements-dev.lock pyproject.toml | $(UV)
	$(call say,Installing the product's environment (Python 3.13) into .venv)
	$(call need,3.13,the product,.)
	@$(UV) pip sync --compile-bytecode --python .venv requirements-dev.lock
	@$(UV) pip install --quiet --python .venv --no-deps --no-build-isolation --editable .
	@touch $@

$(RASA): bot/runtime/requirements.lock | $(UV)
	$(call say,Installing Rasa's environment (Python 3.10, 2.5 GB) into bot/runtime/.venv)
	$(call need,3.10,Rasa,bot/runtime)
	@$(UV) --directory bot/runtime pip sync --compile-bytecode --python .venv requirements.lock
	@touch $@
