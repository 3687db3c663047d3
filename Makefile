# `make demo` and `make test` set up what they need in .venv; nothing else has to be there but
# Python 3.11 or newer.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: demo test lint fix docs bench check-data lock wheel clean

demo: $(VENV)/ready
	$(BIN)/pixkin demo

test: $(VENV)/ready
	$(BIN)/python -m pytest

lint: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python tools/make_docs.py --check

fix: $(VENV)/ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/ready
	$(BIN)/python tools/make_docs.py

# What is measured on the labelled collections (benchmarks/README.md); each writes its table.
bench: $(VENV)/ready
	$(BIN)/python benchmarks/agreement.py
	$(BIN)/python benchmarks/overhead.py
	$(BIN)/python benchmarks/memory.py

# The same, as checks that fail: for the machine that tests every change.
check-data: $(VENV)/ready
	$(BIN)/python benchmarks/agreement.py --check
	$(BIN)/python benchmarks/memory.py --check

wheel: $(VENV)/ready
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

lock: $(VENV)/ready
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --upgrade \
	  --no-header --no-annotate --no-emit-index-url --output-file requirements.lock

$(VENV)/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Pixkin needs Python 3.11 or newer: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "Python's venv module is missing (on Debian: apt install python3-venv)"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

clean:
	rm -rf $(VENV) dist build pixkin-demo pixkin-results
