# Counterfoil's targets. `make demo` and `make test` work on a new machine with Python 3.11+ and make.

PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
PYTEST_WORKERS ?= auto
# `make check` runs its parts beside each other, one more than there are processors: the others work while a test of one part waits.
# With two more, the parts push each other out of the processors' caches, and need a tenth more processor time in all.
CHECK_WORKERS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
# Tests without another program. `make check` leaves out the widest of them too, and runs one row of each table whose rows cost much.
QUICK := not browser and not faults and not postgresql and not external
CHECK ?= --rows 1 -m "$(QUICK) and not matrix"
# A folder in memory for the files of `make check`, where there is one with room: most of the time of a small test is the disk's.
MEMORY ?= $(shell df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 2000000 { print "/dev/shm" }')
# Each of these folders is a part without the others below it, so that no test is collected twice or left out. The longest comes first,
# and the last one is short, so that no processor is idle for long at the end.
CHECK_FOLDERS := tests tests/web/console tests/web tests/services
# A shorter part leaves more of the processors to the others, so that all of them end at about the same time. Tests of the first part wait.
tests/web/console: PRIORITY := nice -n 1
tests/web: PRIORITY := nice -n 2
tests/services: PRIORITY := nice -n 3
# They have no quick tests. It takes seconds to collect them.
SLOW_FOLDERS := tests/browser tests/faults
LEFT_OUT_OF = $(addprefix --ignore=,$(filter $1/%,$(CHECK_FOLDERS) $(SLOW_FOLDERS)))
# Plugins cost time at the start and around each test. Only the API's tests, a part of the first folder, use schemathesis.
PLUGINS_OF = -p no:playwright -p no:anyio$(if $(filter tests,$1),, -p no:schemathesis)

# tools/find_python.sh says which one it is. PYTHON=python3.13 takes another.
PYTHON ?= $(shell sh tools/find_python.sh)

.DEFAULT_GOAL := help
.PHONY: help install install-test demo test check $(CHECK_FOLDERS) explore lint format bench coverage lock messages clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/make \1\t\2/' | expand -t 20

$(BIN)/python:
	@python="$(PYTHON)"; if [ -z "$$python" ]; then \
		echo "Python 3.11 or newer is needed, with its venv module (on Debian: apt-get install python3 python3-venv)." >&2; exit 1; fi; \
	echo "Making $(VENV) with $$(command -v "$$python"). PYTHON=... takes another one."; "$$python" -m venv $(VENV)

# Each stamp means that the pinned packages are installed. The lock pins the build tool as well, so everything is pinned.
$(VENV)/runtime.stamp: requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/test.stamp: requirements-test.lock $(VENV)/runtime.stamp
	$(PIP) --require-hashes -r requirements-test.lock
	@touch $@

# One process compiles them all: to start one for each file would take longer than the work.
$(VENV)/catalogues.stamp: $(wildcard app/locale/*/LC_MESSAGES/*.po) $(VENV)/runtime.stamp
	$(BIN)/pybabel --quiet compile --directory app/locale --domain "buyer console"
	@touch $@

install: $(VENV)/catalogues.stamp ## create .venv with the pinned dependencies and the counterfoil command

install-test: $(VENV)/test.stamp $(VENV)/catalogues.stamp ## the same, with the tools of the tests

demo: install ## create and seed a database under data/, print the links and serve them on 127.0.0.1:$(PORT)
	@exec $(BIN)/counterfoil demo --port $(PORT)

test: install-test ## run every test, in parallel
	@CHROMIUM=$$(sh tests/support/ensure_chromium.sh $(BIN)/playwright) && NGINX=$$(sh tests/support/ensure_nginx.sh) && \
	VNU_JAR=$$(sh tests/support/ensure_vnu.sh $(VENV)/vnu) && export CHROMIUM NGINX VNU_JAR && set -x && \
	$(BIN)/pytest -n $(PYTEST_WORKERS) --dist loadfile

check: install-test ## lint, types, and the quick tests: without browsers, faults, PostgreSQL, other programs and wide matrices
	@echo "Lint and $(words $(CHECK_FOLDERS)) parts of the tests run beside each other. Each prints its result when it ends."
	@$(MAKE) --no-print-directory --jobs=$(CHECK_WORKERS) --keep-going $(SYNC) $(CHECK_FOLDERS) lint

# Where make can, it prints what a part said when the part ends, and not between the lines of the others.
SYNC := $(addprefix --,$(addsuffix =target,$(filter output-sync,$(.FEATURES))))

$(CHECK_FOLDERS): install-test
	$(if $(MEMORY),TMPDIR=$(MEMORY)) HYPOTHESIS_PROFILE=quick $(PRIORITY) $(BIN)/pytest -q $(call PLUGINS_OF,$@) $@ $(call LEFT_OUT_OF,$@) $(CHECK)

explore: install-test ## run the property tests with many new examples; a failure prints how to repeat it
	HYPOTHESIS_PROFILE=explore $(BIN)/pytest -n $(PYTEST_WORKERS) -m "hypothesis and not faults and not postgresql"

lint: install-test ## ruff, its formatter, mypy and the import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install-test ## apply ruff's fixes and its format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install-test ## measure each kind of request against a bare Flask route; the last line is JSON
	@$(BIN)/python -m tests.bench

coverage: install-test ## run every test and list the lines of app/ that none of them reached
	@CHROMIUM=$$(sh tests/support/ensure_chromium.sh $(BIN)/playwright) && NGINX=$$(sh tests/support/ensure_nginx.sh) && \
	VNU_JAR=$$(sh tests/support/ensure_vnu.sh $(VENV)/vnu) && export CHROMIUM NGINX VNU_JAR && set -x && \
	$(BIN)/coverage run -m pytest -n $(PYTEST_WORKERS) --dist loadfile
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

# UPGRADE=--upgrade takes the newest versions that pyproject.toml allows. Without it, the pins stay and only changes are resolved.
lock: ## pin the dependencies of pyproject.toml in the lock files
	tools=$$(mktemp -d) && trap 'rm -rf "$$tools"' EXIT && \
	$(PYTHON) -m venv "$$tools" && "$$tools/bin/python" -m pip install --quiet --disable-pip-version-check uv && \
	compile="env -u UV_INDEX -u UV_INDEX_URL -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS \
		$$tools/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate $(UPGRADE) pyproject.toml" && \
	export UV_CUSTOM_COMPILE_COMMAND="make lock" && \
	$$compile --group build --all-extras --output-file requirements-test.lock && \
	$$compile --group build --extra postgresql --extra metrics --constraints requirements-test.lock --output-file requirements.lock

# NEW=fi starts the catalogue of a language. Babel names it: pt_BR, zh_Hant_TW. NEW="fi --console" starts that of the console, too.
messages: install ## collect the texts of pages into every language's catalogues; NEW=xx starts a language
	$(BIN)/python tools/messages.py $(NEW)
	@$(MAKE) --no-print-directory install

clean: ## remove the results of the other targets, except data
	rm -rf $(VENV) .venv-lowest build *.egg-info .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find app tests -name __pycache__ -type d -prune -exec rm -rf {} +
	find app -name '*.mo' -delete
