# make help explains the targets. Everything is set up on first use; see setup.sh.
.DEFAULT_GOAL := help
SHELL := /bin/bash
BIN := .venv/bin

.PHONY: help set-up set-up-all parts demo run test test-quick lint fix bench words

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-12s %s\n", $$1, $$2}'

set-up:
	@./setup.sh

set-up-all:
	@./setup.sh all

parts: set-up-all
	@tests/parts.sh

demo: set-up ## sets up everything, fills in demo content and serves it on http://127.0.0.1:8000 (EKOPI_PORT moves it)
	@$(BIN)/ekopi demo && exec $(BIN)/ekopi run

run: set-up ## serves what is there (after `.venv/bin/ekopi init`)
	@exec $(BIN)/ekopi run

test: parts ## all tests, on SQLite and PostgreSQL, with a browser
	$(BIN)/pytest -n 2

test-quick: set-up-all ## the quick tests, under 3 minutes: no browser, kill, load and scale
	$(BIN)/pytest -n 2 -m "not slow"

lint: set-up-all ## ruff, mypy, import order, templates
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports && $(BIN)/djlint ekopi/templates --lint --quiet

fix: set-up-all ## formats the code
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

bench: set-up-all ## speed, measured against limits of this machine
	$(BIN)/python -m benchmarks

words: set-up-all ## collects the words of the screens for translation
	@mkdir -p build
	$(BIN)/pybabel -q extract -F babel.cfg -k _l -k _n:1,2 --add-location=file --sort-output --width=110 -o build/messages.pot ekopi
	$(BIN)/pybabel -q update -i build/messages.pot -d ekopi/translations -D messages -l en --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width=110
	$(BIN)/python -c "from pathlib import Path; from build_catalogues import compile_catalogues as c; c(Path('ekopi/translations'))"
