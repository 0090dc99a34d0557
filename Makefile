# Bindeledd. `make run` starts a demo; `make test` proves it on both databases.

PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

# What was compiled is kept: else every run of the tests compiles all of them anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: install run check test prove bench journeys dist lock clean

install: $(STAMP)

$(STAMP): requirements/dev.txt pyproject.toml $(wildcard plugins/*/pyproject.toml)
	@echo "Installerer i .venv. Første gang tar det noen minutter."
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --require-hashes -r requirements/dev.txt
	@PYTHONWARNINGS="ignore:Editable" $(BIN)/pip install --quiet --no-deps --no-build-isolation --no-index -e . $(foreach p,$(wildcard plugins/*/pyproject.toml),-e $(dir $(p)))
	@$(BIN)/python -m compileall -q core plugins
	@touch $(STAMP)

run: install
	$(BIN)/bindeledd demo

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -m rules -n 2 --dist worksteal

# Everything: what needs values only has been tried by `check`.
test: check
	$(BIN)/pytest -m "not prove and not rules" -n 4 --dist worksteal

prove: install
	$(BIN)/pytest -m prove

bench: install
	$(BIN)/python -m bench

# docs/journeys.md and its pictures, from a run of every story.
journeys: install
	cd tests && ../$(BIN)/python -m journeys.regional

# The wheels of the core and of every pack, in `dist`.
dist: install
	@rm -rf dist
	@for each in . $(dir $(wildcard plugins/*/pyproject.toml)); do \
		$(BIN)/python -m build --wheel --no-isolation --outdir dist $$each > dist.log 2>&1 || { cat dist.log; exit 1; }; \
		rm -rf $$each/build; \
	done
	@rm -f dist.log
	@ls dist

lock:
	$(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --allow-unsafe --strip-extras -o requirements/runtime.txt requirements/runtime.in
	$(BIN)/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header --allow-unsafe --strip-extras -o requirements/dev.txt requirements/dev.in

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .import_linter_cache
