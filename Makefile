# `make run` and `make test` need Python 3.11 or newer and make; the rest installs itself into .venv.
PYTHON ?= python3
UV ?= uv
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run test lint format lock bench soak faults conformance audit sbom release clean

run: $(VENV)/.installed-run
	@$(BIN)/cds serve

test: $(VENV)/.installed-dev
	@$(MAKE) --no-print-directory lint
	$(BIN)/pytest -n auto

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(VENV)/.installed-dev
	@$(BIN)/python benchmarks/hook.py

# The table of requirements, with the results of a whole run.
conformance: $(VENV)/.installed-dev
	-$(BIN)/pytest -q -n auto --junitxml=.pytest_cache/results.xml
	$(BIN)/python tests/conformance/table.py .pytest_cache/results.xml

# Nothing lost over HOOKS calls: memory, descriptors and threads stay flat. Some minutes.
HOOKS ?= 100000
soak: $(VENV)/.installed-dev
	@$(BIN)/python benchmarks/soak.py $(HOOKS)

# The table of docs/faults.md, with the default budget and nothing else beside it. Some minutes.
faults: $(VENV)/.installed-dev
	$(BIN)/pytest tests/faults -n 0 --budget-ms 450 --slack-ms 150 --keep-faults

# Constraining the small file by the large one keeps both on the same versions.
lock:
	$(UV) pip compile $(LOCK) --extra tracing --group dev -o requirements-dev.txt
	$(UV) pip compile $(LOCK) --group build -c requirements-dev.txt -o requirements.txt
LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --extra embedded --extra postgresql pyproject.toml

# Known vulnerabilities of what runs. Strict: where the data cannot be reached it fails, and
# `make audit AUDIT="--vulnerability-service osv"` asks another place.
audit: $(VENV)/.installed-dev
	$(BIN)/pip-audit --strict --require-hashes --disable-pip $(AUDIT) -r requirements.txt

# What an image holds, as CycloneDX: read from a fresh environment made as the Dockerfile makes it.
sbom: $(VENV)/.installed-dev
	@$(BIN)/python -m venv --clear --without-pip dist/runtime
	@$(PIP) --python dist/runtime install --require-hashes --no-deps -r requirements.txt
	@$(PIP) --python dist/runtime install --no-deps --no-build-isolation .
	@$(PIP) --python dist/runtime uninstall --yes $(BUILD_ONLY)
	$(BIN)/cyclonedx-py environment --output-reproducible --pyproject pyproject.toml \
	  --output-file dist/careladder.cdx.json dist/runtime/bin/python
	@rm -rf dist/runtime
BUILD_ONLY := editables hatchling pathspec pluggy tomlkit trove-classifiers

release: sbom
	@rm -f dist/*.whl dist/*.tar.gz
	$(BIN)/hatchling build -d dist
	cd dist && sha256sum *.whl *.tar.gz *.cdx.json > SHA256SUMS

clean:
	rm -rf $(VENV) dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find cds workers tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.installed-run: requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing Careladder into $(VENV) ..."
	@$(PIP) install --require-hashes --no-deps -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

# Holds all of requirements.txt at the same versions, so `make run` finds its work done.
$(VENV)/.installed-dev: requirements-dev.txt requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing Careladder and its development tools into $(VENV) ..."
	@$(PIP) install --require-hashes --no-deps -r requirements-dev.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $(VENV)/.installed-run $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Careladder needs Python 3.11 or newer, and '$(PYTHON)' is not;" \
	    "name one that is, for example: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) >/dev/null 2>&1 || { rm -rf $(VENV); \
	  echo "'$(PYTHON)' cannot make a virtual environment;" \
	    "on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
