# make          says what there is
# make demo     from a bare clone to Freqtrade's backtest tables
# make test     everything that is checked
# make paper    the live bot on an exchange of its own, on this machine
# make report   one page about the last backtest; make tune: the settings beside the chart
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed

# Freqtrade's hyperopt workers and our own tools find the strategy's sibling package by this.
export PYTHONPATH := $(CURDIR)/user_data/strategies
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.PHONY: help demo test lint paper report tune hyperopt walkforward verdict bench clean
.DEFAULT_GOAL := help

help: ## Say what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/make \1\t\2/' | expand -t 14

$(INSTALLED): requirements.txt requirements-lab.txt requirements-dev.txt constraints.txt
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

report: $(INSTALLED) ## Make one HTML page of a backtest; EXPORT=... (default: the last one), DATADIR=...
	@$(PY) -m ict_lab.report $(if $(EXPORT),"$(EXPORT)") $(if $(DATADIR),--datadir "$(DATADIR)") $(REPORT)

tune: $(INSTALLED) ## Turn the settings by hand in your browser, beside the chart; DATADIR=... TUNE="-c my.json"
	@echo "Starting the page (a few seconds)"
	@$(PY) -m ict_lab.tune $(if $(DATADIR),--datadir "$(DATADIR)") $(TUNE)

hyperopt: $(INSTALLED) ## Search parameters: TIMERANGE=20240101-20240701 PAIRS="..." EPOCHS=100 JOBS=2 SPACES="..."
	@$(PY) -m ict_lab.hyperopt --timerange "$(TIMERANGE)" $(if $(PAIRS),--pairs $(PAIRS)) $(if $(EPOCHS),--epochs $(EPOCHS)) \
		$(if $(JOBS),--jobs $(JOBS)) $(if $(SPACES),--spaces $(SPACES)) $(if $(DATADIR),--datadir "$(DATADIR)") $(HYPEROPT)

walkforward: $(INSTALLED) ## Search, test on what follows, window by window; a stopped run goes on; WALKFORWARD="--train-days 180"
	@$(PY) -m ict_lab.walkforward $(if $(PAIRS),--pairs $(PAIRS)) $(if $(TIMERANGE),--timerange $(TIMERANGE)) \
		$(if $(EPOCHS),--epochs $(EPOCHS)) $(if $(JOBS),--workers $(JOBS)) $(if $(SPACES),--spaces $(SPACES)) \
		$(if $(DATADIR),--datadir "$(DATADIR)") $(WALKFORWARD)

verdict: $(INSTALLED) ## Judge a backtest, or a walk-forward in FOLDER=...; EXPORT=... DATADIR=... VERDICT="--out verdict.md"
	@$(PY) -m ict_lab.verdict $(if $(FOLDER),--walkforward "$(FOLDER)",$(or $(EXPORT),user_data/backtest_results)) \
		$(if $(DATADIR),--datadir "$(DATADIR)") $(VERDICT)

bench: $(INSTALLED) ## Time the analysis and the backtest beside their peers
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt -c constraints.txt
	@$(PY) -m tests.bench

clean: ## Remove the virtual environment and every cache
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
