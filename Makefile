# The two commands that matter: `make site` and `make test`. Each sets up what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes --no-deps

.PHONY: help setup site serve test programs edge lint pins bench clean

help:
	@echo 'make setup   set up alone: a virtual environment with the pinned dependencies'
	@echo 'make site    set up, and build the catalogue under data/ into site/'
	@echo 'make serve   the same, and look at it on http://127.0.0.1:8000 while you edit'
	@echo 'make test    set up what tests need, and run all of them with coverage'
	@echo 'make lint    ruff, mypy and import-linter'
	@echo 'make bench   time a build beside a plain copy of what it makes'
	@echo 'make pins    renew the pinned dependencies in .requirements/'
	@echo 'make clean   remove all that the other targets made'

setup: $(VENV)/.runtime

site: $(VENV)/.runtime
	$(BIN)/builder build

serve: $(VENV)/.runtime
	$(BIN)/builder serve

# What tests run beside Python, as command:package of Debian; any of several commands will do.
PROGRAMS := curl:curl jq:jq nginx:nginx caddy:caddy apache2:apache2 chromium-headless-shell,chromium,chromium-browser:chromium-headless-shell

programs:
	@.ci/programs $(PROGRAMS)

test: $(VENV)/.dev edge programs
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n auto
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

# Node and workerd, in which the edge module is tested, axe, for the pages, and editors' language server. Without npm those tests are skipped, and say so.
EDGE := tests/edge
EDGE_INSTALLED := $(EDGE)/node_modules/.package-lock.json

edge:
	@if command -v npm >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; }; then \
		$(MAKE) --silent $(EDGE_INSTALLED); \
	else \
		echo 'npm is not here, so the tests in Node, of axe and of editors are skipped. On Debian: sudo apt install nodejs npm' >&2; \
	fi

$(EDGE_INSTALLED): $(EDGE)/package-lock.json $(EDGE)/package.json $(EDGE)/.npmrc
	@command -v npm >/dev/null || { apt-get update -qq \
		&& DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends nodejs npm; }
	npm --prefix $(EDGE) ci --loglevel=error
	@touch $@

lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# Sizes and all else that it can be told: make bench BENCH='--packages 5400 50000 -- --host generic'
bench: $(VENV)/.runtime
	$(BIN)/python benchmarks/build.py $(BENCH)

# What is younger than a week waits: most of what is published with bad intent is found by then.
PINS := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --upgrade --generate-hashes --no-annotate \
	--no-emit-index-url --no-emit-find-links --exclude-newer '7 days'

pins: $(VENV)/.dev
	echo flit_core | UV_CUSTOM_COMPILE_COMMAND='make pins' $(PINS) pyproject.toml - -o .requirements/runtime.txt
	UV_CUSTOM_COMPILE_COMMAND='make pins' $(PINS) -c .requirements/runtime.txt --group dev -o .requirements/dev.txt

clean:
	rm -rf site .site.* $(VENV) $(EDGE)/node_modules .coverage* htmlcov .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.runtime: .requirements/runtime.txt pyproject.toml | $(BIN)/pip
	$(PIP) -r .requirements/runtime.txt
	$(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.dev: .requirements/dev.txt $(VENV)/.runtime
	$(PIP) -r .requirements/dev.txt
	touch $@

# Debian's python3 comes without what a virtual environment needs; root can be helped, others are told.
$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'Python 3.11 or later is needed; name one with make PYTHON=...' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends python3-venv; \
		else \
			echo 'Python cannot make virtual environments here. On Debian: sudo apt install python3-venv' >&2; exit 1; \
		fi; }
	$(PYTHON) -m venv $(VENV)
