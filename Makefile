# Two commands do everything on a fresh machine with Python 3.11 and make: `make demo` and `make test`.
PYTHON ?= python3
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin

.PHONY: setup test drill lint bench demo screenshots clean

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --upgrade pip
	@$(BIN)/python -m pip install --quiet --constraint constraints.txt --group dev --editable .
	@touch $@

# The demo: sandbox upstream and daemon on a fresh database. ONCE=1 ends after the report; DATA=FOLDER replays real days.
demo: setup
	@$(BIN)/yellowsea demo $(if $(ONCE),--once) $(if $(DATA),--data "$(DATA)")

test: setup
	@$(BIN)/python -m pytest -q -m "not drill" -n $(WORKERS) --dist loadfile

drill: setup
	@$(BIN)/python -m pytest -q -m drill -n $(WORKERS) --dist loadfile

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: setup
	@$(BIN)/python -m benchmarks.run

# The pictures of docs/dashboard.md: DATABASE=URL of a database with the archives in it; REPORTS=FOLDER of scheduled reports.
screenshots: setup
	@$(BIN)/python tests/web/take_screenshots.py --database "$(DATABASE)" $(if $(REPORTS),--reports "$(REPORTS)")

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache demo
