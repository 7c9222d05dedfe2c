# One word per chore; `make` alone lists them. Needs make, Python 3.11+, and Node 20+ for web-ui/.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help run install test e2e chaos proxies check format bench wheel hooks clean

BIN := .venv/bin
# Further arguments: `make run ARGS="--port 9000"`, `make test ARGS="-k cursor"`.
ARGS ?=
# Processes that pytest shares its files among: most of what tests do is wait for what they have started.
PROCESSES ?= 2
# The interpreter that .venv is made with; `make run PYTHON=/path/to/python3` overrides the search.
PYTHON ?=

# The built web UI: as new as its page. A folder is among the sources, so that a file which is gone is noticed too.
UI := app/web_ui/index.html
UI_SOURCES = $(shell find web-ui/src web-ui/public -not -path '*/stories*' 2>/dev/null) \
  web-ui/index.html web-ui/vite.config.ts

# An extra that is installed covers the smaller ones, so `make run` after `make check` installs nothing.
COVERS_all := all
COVERS_test := test all
COVERS_dev := dev test all

help: ## List the chores
	@echo "make CHORE, where CHORE is one of:"
	@sed -n 's/^\([a-z0-9]*\):[^#]*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-10s %s\n", $$1, $$2}'

run: .venv/.installed-all web-ui-built ## Install and build what is needed, start everything, run the sample, serve
	@echo "Starting Transom (data is kept in .transom; Ctrl-C stops it)."
	@exec $(BIN)/transom up --demo $(ARGS)

install: .venv/.installed-dev ## Make .venv with everything that developing needs

test: .venv/.installed-test ## Run all tests: those in the browser where there is a Chromium, then pytest
	@failed=0; \
	if reason=$$(sh web-ui/hooks/why-no-browser.sh); then \
	  echo "Skipping the specs, stories and browser tests of web-ui/: $$reason"; \
	else \
	  $(MAKE) --no-print-directory e2e || failed=1; \
	fi; \
	echo "Running pytest."; \
	$(BIN)/python -m pytest --numprocesses $(PROCESSES) --dist loadfile $(ARGS) || failed=$$?; \
	exit $$failed

e2e: browser-there .venv/.installed-all web-ui/node_modules/.installed $(UI) ## Run the tests of web-ui/ in a real Chromium
	@failed=0; \
	echo "Running the specs and stories of web-ui/."; \
	npm --prefix web-ui run --silent test:unit || failed=1; \
	echo "Running the browser tests of web-ui/."; \
	npm --prefix web-ui run --silent test:e2e || failed=1; \
	exit $$failed

chaos: .venv/.installed-test ## Hit every part at random, 200 times over each back end: see docs/chaos.md
	@$(BIN)/python -m tests.chaos $(ARGS)

proxies: .venv/.installed-test $(UI) browser-there mitmproxy-there ## Watch jobs through real proxies, with both clients; prints the table
	@$(BIN)/python -m tests.proxies.table $(ARGS)

.PHONY: mitmproxy-there
# One that is installed does; else one apart from everything else, as what it depends on is not what Transom does. Where
# none can be had the table says so, and has the others.
mitmproxy-there:
	@if command -v mitmdump >/dev/null || test -x .venv-mitmproxy/bin/mitmdump; then exit 0; fi; \
	echo "Installing mitmproxy into .venv-mitmproxy."; \
	if $(BIN)/python -m venv .venv-mitmproxy && \
	  .venv-mitmproxy/bin/python -m pip install -qq --disable-pip-version-check 'mitmproxy>=8'; then exit 0; fi; \
	rm -rf .venv-mitmproxy; \
	echo "mitmproxy could not be installed; the lines above say why. The other proxies are tried without it."

check: .venv/.installed-dev ## Check style, types and the direction of imports; says all that is wrong at once
	@failed=0; \
	step() { echo "$$1"; shift; "$$@" || failed=1; }; \
	step "ruff: rules" $(BIN)/ruff check .; \
	step "ruff: format" $(BIN)/ruff format --check .; \
	step "mypy: strict, over source and tests" $(BIN)/mypy; \
	step "import-linter: who may import whom" $(BIN)/lint-imports --no-logo; \
	if reason=$$(sh web-ui/hooks/why-no-node.sh); then echo "Skipping the checks of web-ui/: $$reason"; \
	else $(MAKE) --no-print-directory web-ui-check || failed=1; fi; \
	exit $$failed

format: .venv/.installed-dev ## Put the Python source into its one format
	@echo "Formatting with ruff."
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

bench: .venv/.installed-test ## Measure: every benchmark, or those that ARGS names
	@$(BIN)/python -m bench $(ARGS)

wheel: .venv/.installed-test $(UI) ## Build the wheel into dist/, with the web UI in it: who installs it needs no Node
	@echo "Building the wheel."
	@# What an earlier build left there would be packed too.
	@rm -rf build dist
	@$(BIN)/python -m pip wheel -qq --disable-pip-version-check --no-deps --wheel-dir dist .
	@ls dist/*.whl

hooks: .venv/.installed-dev ## Install the git hooks (nothing is fetched)
	@echo "Installing the git hooks."
	@$(BIN)/pre-commit install

clean: ## Remove what was installed and built; the data in .transom stays
	@echo "Removing .venv, web-ui/node_modules, the built web UI, caches and build folders."
	@rm -rf .venv web-ui/node_modules web-ui/test-results web-ui/dist app/web_ui build dist *.egg-info \
	  .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*
	@find app tasks plugins tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: web-ui-built web-ui-check browser-there
# Never in the way of a start: whoever has no Node gets everything but the pages.
web-ui-built:
	@if $(MAKE) --no-print-directory --question $(UI); then exit 0; fi; \
	if reason=$$(sh web-ui/hooks/why-no-node.sh); then echo "The web UI is not built: $$reason Transom starts without it."; \
	elif ! $(MAKE) --no-print-directory $(UI); then \
	  echo "The web UI could not be built; the lines above say why. Everything else starts."; \
	fi

web-ui-check: web-ui/node_modules/.installed
	@echo "web-ui/: types, rules, what is unused, and the types of the API"
	@npm --prefix web-ui run --silent check

browser-there:
	@if reason=$$(sh web-ui/hooks/why-no-browser.sh); then echo "The browser tests can't run: $$reason"; exit 1; fi

$(UI): web-ui/node_modules/.installed $(UI_SOURCES)
	@echo "Building the web UI."
	@npm --prefix web-ui run --silent build -- --logLevel error
	@find app/web_ui -type f \( -name '*.js' -o -name '*.css' \) -exec gzip -9 -k -f {} +

# The stamps: a second run installs nothing, a change of what is required installs again.
.venv/.installed-%: setup.cfg pyproject.toml | $(BIN)/python
	@echo "Installing Transom ($*) into .venv; the first time takes a minute or two, without a word."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --editable '.[$*]'
	@touch $(addprefix .venv/.installed-,$(COVERS_$*))

$(BIN)/python:
	@python=$$(sh .ci/find-python "$(PYTHON)") || exit 1; \
	echo "Making .venv with $$("$$python" --version)."; \
	"$$python" -m venv --clear .venv || { rm -rf .venv; exit 1; }

web-ui/node_modules/.installed: web-ui/package.json web-ui/package-lock.json
	@echo "Installing what web-ui/ needs; the first time takes a minute, without a word."
	@PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm --prefix web-ui ci --no-audit --no-fund --silent
	@touch $@
