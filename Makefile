# Every command makes .venv and installs what it needs on first use, and starts at once when nothing changed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
MANAGE := $(BIN)/python manage.py

.DEFAULT_GOAL := help
.PHONY: help demo run test test-all check bench mutants schema clean

help: ## show this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 12

# torch goes first and exactly so: a later, looser request would fetch another, much larger build.
$(STAMP): pyproject.toml requirements.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing Hitsmith into $(VENV) (a few minutes, once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check torch==2.13.0
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e ".[dev]"
	@touch $(STAMP)

demo: $(STAMP) ## make a finished ad from photos: var/demo/
	@$(MANAGE) demo

run: $(STAMP) ## start the studio (web and workers) on http://127.0.0.1:8000
	@$(MANAGE) run_studio

test: $(STAMP) ## the quick tests (under two minutes on two cores)
	@$(BIN)/python -m pytest -q -n 2 -m "not slow and not live and not browser"

test-all: $(STAMP) ## every test, with real PostgreSQL, Redis, S3 and Chromium
	@$(BIN)/python -m pytest -q

check: $(STAMP) ## style, types, layers, migrations, API schema
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(MANAGE) makemigrations --check --dry-run
	@$(MANAGE) spectacular --validate --fail-on-warn --file var/openapi.yaml
	@diff -u docs/openapi.yaml var/openapi.yaml

schema: $(STAMP) ## write the API description again: docs/openapi.yaml
	@$(MANAGE) spectacular --validate --fail-on-warn --file docs/openapi.yaml

bench: $(STAMP) ## every figure that README quotes
	@failed=; for name in assembly batches still showcase showcase_scenes diffusers_overhead fill template_recovery template_choice job_queue ledger; do \
	  more=; if [ $$name = batches ]; then more="--variants 60"; fi; \
	  echo "== bench/$$name.py $$more"; $(BIN)/python bench/$$name.py $$more || failed="$$failed $$name"; done; \
	if [ -n "$$failed" ]; then echo "missed a bar:$$failed"; exit 1; fi

mutants: $(STAMP) ## do billing's tests notice its deliberate mistakes? (four hundred of them, about an hour)
	@$(BIN)/python bench/mutants.py

clean: ## remove the virtual environment, databases and films
	rm -rf $(VENV) var build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
