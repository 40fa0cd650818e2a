# make test     checks, unit and integration tests, then the tests in a real Kodi (KODI=0 leaves those out)
# make demo     the add-on at work against a simulated Plex (ARGS="..." goes to tools.demo)
# make zip      dist/plugin.video.plexkodiconnect-VERSION.zip from the working tree
# make repo     dist/repo: the complete Kodi repository (URL=https://... where it will be served)
# make bench    benchmark of the sync engine (ARGS="..." goes to tools.bench)
# make bench-kodi  what a user waits for, in a real Kodi (ARGS="..." goes to tools.bench.kodi)
# make attack   what attacks on the add-on cost it (ARGS="..." goes to tools.attack)
# make fuzz     200,000 odd inputs for everything that reads what others wrote (ARGS="..." goes to tools.fuzz)
# make lint     ruff, mypy, vermin, vulture
# make check-addon  kodi-addon-checker for Kodi 19, 20 and 21, offline
# make venv     .venv with the packages of requirements-dev.txt; every other target does this first
# make clean    remove what these targets made, but .venv and the download cache

SHELL := /bin/bash
PYTHON ?= python3
PY := .venv/bin/python
STAMP := .venv/.requirements-installed
KODI ?= 1
ARGS ?=
URL ?=
PYTEST_ARGS ?=
# One more than processors: a third of the time a test waits for threads, processes and sockets.
WORKERS ?= $(shell expr $$(nproc 2>/dev/null || echo 2) + 1)
SHIPPED := resources service.py default.py $(wildcard context.py)

# Compiled once, not in each process of each run, and not beside the sources.
export PYTHONDONTWRITEBYTECODE :=
export PYTHONPYCACHEPREFIX := $(CURDIR)/.cache/python

.DEFAULT_GOAL := test
.PHONY: test test-fast test-kodi demo zip repo bench bench-kodi attack fuzz lint check-addon clean venv
# The parts of `make test` follow each other: their output is read by people.
.NOTPARALLEL:

$(STAMP): requirements-dev.txt tools/setup/make_venv.sh
	@tools/setup/make_venv.sh $(PYTHON)
	@touch $@

venv: $(STAMP)

lint: $(STAMP)
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) -m vulture
	.venv/bin/vermin --quiet --no-tips --target=3.8- --violations --no-parse-comments $(SHIPPED)

check-addon: $(STAMP)
	@$(PY) -m tools.addon_check $(ARGS)

test: lint test-fast test-kodi

test-fast: $(STAMP)
	@tools/setup/ensure_mariadb.sh || \
	    echo "The tests with a shared library are LEFT OUT: MariaDB is not installed and cannot be installed here."
	$(PY) -m pytest tests --ignore=tests/kodi -n $(WORKERS) --dist worksteal $(PYTEST_ARGS)

# Exit code 3 of ensure_kodi.sh: no Kodi here, and none can be installed.
test-kodi: $(STAMP)
	@if [ "$(KODI)" = 0 ]; then \
	    echo "KODI=0: the tests in a real Kodi are left out."; exit 0; fi; \
	if ! compgen -G 'tests/kodi/**/test_*.py' >/dev/null && ! compgen -G 'tests/kodi/test_*.py' >/dev/null; then \
	    echo "There are no tests in a real Kodi yet."; exit 0; fi; \
	tools/setup/ensure_kodi.sh; code=$$?; \
	if [ $$code = 3 ]; then \
	    echo "The tests in a real Kodi are LEFT OUT: Kodi is not installed and cannot be installed here."; exit 0; fi; \
	[ $$code = 0 ] || exit $$code; \
	set -x; $(PY) -m pytest tests/kodi -n 2 --dist loadfile $(PYTEST_ARGS)

demo: $(STAMP)
	@$(PY) -m tools.demo $(ARGS)

zip: $(STAMP)
	@$(PY) -m tools.package zip --worktree

repo: $(STAMP)
	@$(PY) -m tools.package repo --worktree --out dist/repo $(if $(URL),--url $(URL))

bench: $(STAMP)
	@$(PY) -m tools.bench --write $(ARGS)

bench-kodi: $(STAMP)
	@tools/setup/ensure_kodi.sh
	@$(PY) -m tools.bench.kodi --write $(ARGS)

attack: $(STAMP)
	@$(PY) -m tools.attack $(ARGS)

fuzz: $(STAMP)
	@$(PY) -m tools.fuzz $(ARGS)

clean:
	rm -rf dist .cache/python .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage htmlcov
	find . -path ./.venv -prune -o -name __pycache__ -type d -exec rm -rf {} +
