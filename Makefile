# `make demo` and `make test` set themselves up: Python 3.11 to 3.13 and make are enough.

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
READY := $(VENV)/.ready

.PHONY: demo test thorough lint bench clean help

help:
	@echo "make demo   evaluate agents on the worlds and write demo/report.html"
	@echo "make test   run the tests"
	@echo "make thorough   run those that take minutes"
	@echo "make lint   ruff and basedpyright"
	@echo "make bench  speed, side by side with peers"

demo: $(READY)
	$(RUN) -m midcourse demo --out demo

test: $(READY)
	$(RUN) -m pytest -n 2 -q

thorough: $(READY)
	$(RUN) -m pytest -m thorough -q

lint: $(READY)
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m basedpyright

bench: $(READY)
	$(RUN) -m midcourse bench

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(None if (3, 11) <= v[:2] < (3, 14) else f"midcourse needs Python 3.11 to 3.13, this is {v[0]}.{v[1]}: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $(READY)

clean:
	rm -rf $(VENV) build demo runs
