# The ways into LeadTrac. Each target makes what it needs first; `make help` lists them.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PORT ?= 8000
ARGS ?=
RUN := .venv/bin/python -m launcher
BIN := .venv/bin
TESTING := $(RUN) services --kind test --

.PHONY: help python base dev browser yardsticks demo demo-reset test quick proof bench check fix migrate screens
.NOTPARALLEL:

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22

demo: base ## serve the demo at http://localhost:8000 (PORT=N for another port)
	@$(RUN) demo --port $(PORT)

demo-reset: base ## remove the demo's data, so that the next demo starts over
	@$(RUN) demo-reset

test: browser ## run the whole test suite but the long proofs (ARGS="..." goes to pytest)
	@$(RUN) test $(ARGS)

quick: dev ## run the fast tests that need no database, under a minute (ARGS="tests/leads": all fast ones there)
	@$(RUN) test --quick $(ARGS)

proof: browser ## run the long proofs: races, kill loops, fuzzing, big worlds
	@$(RUN) test --proof $(ARGS)

bench: yardsticks ## measure; fails below a committed floor
	@$(RUN) bench $(ARGS)

check: dev ## lint, format, types, layers, migrations, deployment settings
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(TESTING) $(BIN)/mypy .
	$(TESTING) $(BIN)/lint-imports
	$(BIN)/python -m tests.requirements --check
	$(TESTING) $(BIN)/python manage.py makemigrations --check --dry-run
	$(TESTING) env LEADTRAC_BASE_URL=https://leadtrac.example $(BIN)/python manage.py check --deploy --fail-level WARNING

fix: dev ## mend what ruff can mend; write the generated list of requirements anew
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python -m tests.requirements

migrate: dev ## migrate and prepare the demo's database
	@$(RUN) services -- env LEADTRAC_AS_OWNER=1 $(BIN)/python manage.py migrate
	@$(RUN) services -- env LEADTRAC_AS_OWNER=1 $(BIN)/python manage.py prepare

screens: browser ## make the README's screenshots anew
	@$(RUN) services -- $(BIN)/python manage.py screens

python:
	@test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "LeadTrac needs Python 3.11 or newer (on Debian: sudo apt-get install -y python3 python3-venv)." >&2; exit 1; }

base: python
	@$(PYTHON) -m launcher.bootstrap --lock base

dev: python
	@$(PYTHON) -m launcher.bootstrap --lock dev

yardsticks: python
	@$(PYTHON) -m launcher.bootstrap --lock dev --yardsticks

browser: python
	@$(PYTHON) -m launcher.bootstrap --lock dev --browser
