# make run: set everything up and start. make test: set everything up and run the whole suite. make setup: only set up.
# make bench: the figures of benchmarks/RESULTS.md.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
ARGS ?=

.PHONY: run setup test bench python

run: setup
	.venv/bin/python app.py run $(ARGS)

setup: python .venv/.packages node_modules/.assets

test: setup .venv/.tests
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(ARGS)

python:
	@test -n "$(PYTHON)" || { echo "Firstline needs Python 3.11 or newer: none was found on PATH." >&2; exit 2; }

.venv/.packages: requirements.txt scripts/set_up.py | python
	$(PYTHON) scripts/set_up.py packages

node_modules/.assets: package.json package-lock.json .npmrc scripts/set_up.py | python
	$(PYTHON) scripts/set_up.py assets

.venv/.tests: requirements-test.txt .venv/.packages node_modules/.assets
	$(PYTHON) scripts/set_up.py tests

bench: setup
	.venv/bin/python -m benchmarks.index --picture benchmarks/index.svg
	.venv/bin/python -m benchmarks.resolve
	.venv/bin/python -m benchmarks.lookup
	.venv/bin/python -m benchmarks.datum
	.venv/bin/python -m benchmarks.bulk_resolve --rows 4000000
	.venv/bin/python -m benchmarks.escalator
	.venv/bin/python -m benchmarks.actions --among 0 --among 100000
	.venv/bin/python -m benchmarks.intake --among 0 --among 100000
	.venv/bin/python -m benchmarks.figures --items 100000
	.venv/bin/python -m benchmarks.audit
	.venv/bin/python -m benchmarks.check
	.venv/bin/python -m benchmarks.publish
	.venv/bin/python -m benchmarks.rehearse
