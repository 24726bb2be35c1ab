# `make run` on a fresh Debian 12 needs nothing but git, make and python3-venv: it sets up the rest itself.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BIN := .venv/bin
PYTEST ?= -n 2 --dist loadfile

.PHONY: help run test lint setup rasa clean

help: ## what can be done here
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup ## set up, start the server, place one simulated call (stays in the foreground; PORT=8000)
	@exec $(BIN)/assistant serve --demo

test: ## set up for testing, then style, types, layers and all tests (PYTEST="-k name" for some)
	@setup/environment.sh test
	@$(MAKE) --no-print-directory lint
	@$(BIN)/pytest $(PYTEST)

lint: ## style (ruff), types (mypy), layers (import-linter)
	@setup/environment.sh test
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

setup: ## install what running needs: Debian packages, .venv, Python packages
	@setup/environment.sh run

rasa: ## train stock Rasa on a copy of nlu_data, in an environment of its own (EPOCHS=100; Python 3.10)
	@setup/environment.sh run
	@setup/rasa.sh
	@$(BIN)/python -m integrations.rasa $(if $(EPOCHS),--epochs $(EPOCHS))

clean: ## remove the environment, the caches and the demonstration data in var/
	@rm -rf .venv var build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
	@find assistant voice triage integrations tests benchmarks -name __pycache__ -prune -exec rm -rf {} +
