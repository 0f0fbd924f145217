# make          says what there is
# make demo     from a bare clone to Freqtrade's backtest tables
# make test     everything that is checked
# make paper    the live bot on an exchange of its own, on this machine
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed

# Freqtrade's hyperopt workers and our own tools find the strategy's sibling package by this.
export PYTHONPATH := $(CURDIR)/user_data/strategies
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.PHONY: help demo test lint paper bench clean
.DEFAULT_GOAL := help

help: ## Say what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/make \1\t\2/' | expand -t 14

$(INSTALLED): requirements.txt requirements-dev.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; name another with make PYTHON=...")'
	@echo "Making the virtual environment $(VENV) and installing Freqtrade into it (one to three minutes, once)"
	@$(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt -c constraints.txt
	@touch $@

demo: $(INSTALLED) ## Download candles and backtest, from a bare clone; DATADIR=... uses candles that are there
	@$(PY) -m tests.demo $(if $(DATADIR),--datadir "$(DATADIR)")

test: lint ## Check everything: style, types, laws, tables, and the real Freqtrade as processes
	@$(PY) -m pytest -n 4

lint: $(INSTALLED) ## Check style and types
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy

paper: $(INSTALLED) ## Trade play money on this machine: exchange, bot, API, messages; PAPER="--timeframe 15m"
	@$(PY) -m tests.paper $(if $(DATADIR),--datadir "$(DATADIR)") $(PAPER)

bench: $(INSTALLED) ## Time the analysis and the backtest beside their peers
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt -c constraints.txt
	@$(PY) -m tests.bench

clean: ## Remove the virtual environment and every cache
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
