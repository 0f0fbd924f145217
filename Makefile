# make          says what there is
# make demo     from a bare clone to Freqtrade's backtest tables
# make test     everything that is checked
# make paper    the live bot on an exchange of its own, on this machine
# make report   one page about the last backtest; make tune: the settings beside the chart
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed
# What needs no exchange and no browser.
QUICK := tests/unit tests/docs tests/test_architecture.py tests/test_suite.py
# Candles that are there already; what the demo was given holds for what comes after it.
REMEMBERED := user_data/data/.datadir
CANDLES = $(or $(DATADIR),$(shell cat $(REMEMBERED) 2>/dev/null))
FROM = $(if $(CANDLES),--datadir "$(CANDLES)")

# Freqtrade's hyperopt workers find the strategies' packages by this, and Python the tools.
export PYTHONPATH := $(CURDIR)/user_data/strategies:$(CURDIR)/user_data/tools
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.PHONY: help demo test quick lint docs paper soak chaos report tune hyperopt walkforward verdict blackouts bench clean
.DEFAULT_GOAL := help

help: ## Say what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/make \1\t\2/' | expand -t 18

$(INSTALLED): requirements.txt requirements-lab.txt requirements-dev.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; name another with make PYTHON=...")'
	@echo "Making the virtual environment $(VENV) and installing Freqtrade into it (one to three minutes, once)"
	@$(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt -c constraints.txt
	@touch $@

demo: $(INSTALLED) ## Download candles and backtest, from a bare clone; DATADIR=... uses candles that are there
	@$(PY) -m ict_lab.demo $(if $(DATADIR),--datadir "$(DATADIR)")
	@mkdir -p $(dir $(REMEMBERED)) && echo "$(DATADIR)" > $(REMEMBERED)

test: lint ## Check everything: style, types, laws, tables, and the real Freqtrade as processes
	@$(PY) -m pytest -n 4

quick: $(INSTALLED) ## Check what takes seconds: tables, rules by hand, laws of the house, documentation
	@$(PY) -m pytest -n 0 --hypothesis-profile=quick $(QUICK)

lint: $(INSTALLED) ## Check style, types and who imports whom
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@lint-imports --no-logo

docs: $(INSTALLED) ## Write the reference pages from the code; DATADIR=... measures how often each column speaks
	@$(PY) -m ict_lab.docs $(FROM)
	@$(PY) -m tests.docs.pictures

paper: $(INSTALLED) ## Trade play money on this machine: exchange, bot, API, messages; PAPER="--timeframe 15m"
	@$(PY) -m ict_lab.paper $(FROM) $(PAPER)

soak: $(INSTALLED) ## Let the live bot live a day that goes wrong; SOAK="--hours 6"
	@$(PY) -m ict_lab.soak $(SOAK)

chaos: $(INSTALLED) ## Let things go wrong at random on the live bot; SEED=1 N=10 JOBS=3 CHAOS="--steps 1,2,4"
	@$(PY) -m ict_lab.chaos $(if $(SEED),--seed $(SEED)) $(if $(N),--count $(N)) $(if $(JOBS),--jobs $(JOBS)) $(CHAOS)

report: $(INSTALLED) ## Make one HTML page of the newest backtest; DATADIR=... REPORT="--strategy NAME --out FILE"
	@$(PY) -m ict_lab.report $(FROM) $(REPORT)

tune: $(INSTALLED) ## Turn the settings by hand beside the chart, on 127.0.0.1; DATADIR=... TUNE="--port 8051"
	@echo "Starting the page (a few seconds)"
	@$(PY) -m ict_lab.tune $(FROM) $(TUNE)

hyperopt: $(INSTALLED) ## Search parameters, every variant logged; DATADIR=... HYPEROPT="--timerange 20230101-20240101"
	@$(PY) -m ict_lab.hyperopt $(FROM) $(HYPEROPT)

walkforward: $(INSTALLED) ## Search on one stretch, test on the next; DATADIR=... WALKFORWARD="--train-days 180"
	@$(PY) -m ict_lab.walkforward $(FROM) $(WALKFORWARD)

blackouts: $(INSTALLED) ## Show the blackouts that are ahead; FILE=user_data/config/blackouts.csv
	@$(PY) -m ict_host.calendar $(FILE)

verdict: $(INSTALLED) ## Judge the newest backtest against chance; DATADIR=... VERDICT="--walkforward user_data/walkforward"
	@$(PY) -m ict_lab.verdict $(FROM) $(or $(VERDICT),user_data/backtest_results)

bench: $(INSTALLED) ## Time the analysis and the backtest beside their peers
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt -c constraints.txt
	@$(PY) -m ict_lab.bench

clean: ## Remove the virtual environment and every cache
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
