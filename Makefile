# make lists the targets by group: a line "##@ Name" begins a group, "## text" after a target describes it.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed
# What needs no exchange and no browser.
QUICK := tests/unit tests/docs tests/test_architecture.py tests/test_suite.py
# Candles that are there already; make demo writes which ones the tools take after it.
REMEMBERED := user_data/data/.datadir
CANDLES = $(or $(DATADIR),$(shell cat $(REMEMBERED) 2>/dev/null))
AT = $(if $(CANDLES),--datadir "$(CANDLES)")

# Freqtrade's hyperopt workers find the strategies' packages by this, and Python the tools.
export PYTHONPATH := $(CURDIR)/user_data/strategies:$(CURDIR)/user_data/tools
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

# No target is a file.
.PHONY: $(shell sed -nE 's/^([a-z]+):.*/\1/p' Makefile)
.DEFAULT_GOAL := help

help:
	@awk -F ':.*## ' '/^##@ / {printf "\n%s\n", substr($$0, 5)} /^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(INSTALLED): requirements.txt requirements-lab.txt requirements-dev.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; name another with make PYTHON=...")'
	@echo "Making the virtual environment $(VENV) and installing Freqtrade into it (one to three minutes, once)"
	@$(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt -c constraints.txt
	@touch $@

##@ First steps

demo: $(INSTALLED) ## Download candles and backtest, from a fresh clone; DATADIR=... uses candles that you have
	@$(PY) -m ict_lab.demo $(if $(DATADIR),--datadir "$(DATADIR)")

paper: $(INSTALLED) ## Trade play money on the loopback exchange: bot, API, messages; DATADIR=... PAPER="--timeframe 15m"
	@$(PY) -m ict_lab.paper $(if $(DATADIR),--datadir "$(DATADIR)") $(PAPER)

##@ The bot

setup: $(INSTALLED) ## Ask for keys, messages, language and risk, then check the start
	@$(PY) -m ict_lab.first_run

trade: $(INSTALLED) ## Check the start, then trade with config.json and make setup's answers; TRADE="-c FILE --strategy NAME"
	@$(PY) -m ict_lab.operate trade $(TRADE)

watch: $(INSTALLED) ## Dry run on production's prices, without keys; WATCH="--strategy NAME"
	@$(PY) -m ict_lab.operate watch $(WATCH)

now: $(INSTALLED) ## Show what the bot would do now, or what prevents an entry; NOW="--pair BTC/USDT:USDT --json --language ko"
	@$(PY) -m ict_lab.now $(AT) $(NOW)

status: $(INSTALLED) ## Show the running bots, their open trades and their health
	@$(PY) -m ict_lab.operate status

logs: $(INSTALLED) ## Follow the bot's log; BOT=ict-ob-fvg-watch
	@$(PY) -m ict_lab.operate logs $(if $(BOT),--bot "$(BOT)")

stop: $(INSTALLED) ## Stop the bot like Ctrl-C; open trades keep their stops; BOT=ict-ob-fvg-watch
	@$(PY) -m ict_lab.operate stop $(if $(BOT),--bot "$(BOT)")

blackouts: $(INSTALLED) ## Show the coming blackouts; FILE=user_data/config/blackouts.csv
	@$(PY) -m ict_host.calendar $(FILE)

##@ Backtests and research

backtest: $(INSTALLED) ## Backtest; PAIRS="BTC/USDT:USDT" FROM=20240101 TO=20240401 STRATEGY=NAME BACKTEST="-c FILE"
	@$(PY) -m ict_lab.backtest $(AT) $(if $(PAIRS),--pairs $(PAIRS)) $(if $(FROM),--from $(FROM)) $(if $(TO),--to $(TO)) $(if $(STRATEGY),--strategy $(STRATEGY)) $(BACKTEST)

compare: $(INSTALLED) ## Compare two backtests, with the interval of their difference; A=FILE B=FILE
	@$(PY) -m ict_lab.compare $(A) $(B) $(COMPARE)

journal: $(INSTALLED) ## List every signal of the newest backtest with its outcome; JOURNAL="--outcome refused --csv"
	@$(PY) -m ict_lab.journal $(JOURNAL)

costs: $(INSTALLED) ## Show what an entry of each model costs in R, by pair; DATADIR=... COSTS="--setup mine.json"
	@$(PY) -m ict_lab.costs $(AT) $(COSTS)

report: $(INSTALLED) ## Make one HTML page of the newest backtest; DATADIR=... REPORT="--strategy NAME --out FILE"
	@$(PY) -m ict_lab.report $(AT) $(REPORT)

tune: $(INSTALLED) ## Tune the settings with sliders next to a chart, on 127.0.0.1; DATADIR=... TUNE="--port 8051"
	@echo "Starting the page (a few seconds)"
	@$(PY) -m ict_lab.tune $(AT) $(TUNE)

peers: $(INSTALLED) ## Count order blocks by our rule, LuxAlgo's and smartmoneyconcepts'; DATADIR=... PEERS="--last 3000"
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt -c constraints.txt
	@$(PY) -m ict_lab.peers $(AT) $(PEERS)

hyperopt: $(INSTALLED) ## Search parameters, every variant logged; DATADIR=... HYPEROPT="--timerange 20230101-20240101"
	@$(PY) -m ict_lab.hyperopt $(AT) $(HYPEROPT)

walkforward: $(INSTALLED) ## Search on one stretch, test on the next; DATADIR=... WALKFORWARD="--train-days 180"
	@$(PY) -m ict_lab.walkforward $(AT) $(WALKFORWARD)

league: $(INSTALLED) ## Trade every model on the same candles, against chance; DATADIR=... LEAGUE="--setup mine.json"
	@$(PY) -m ict_lab.league $(AT) $(LEAGUE)

verdict: $(INSTALLED) ## Judge the newest backtest against chance; DATADIR=... VERDICT="--walkforward user_data/walkforward"
	@$(PY) -m ict_lab.verdict $(AT) $(or $(VERDICT),user_data/backtest_results)

##@ In a Freqtrade that you have

install: ## Install strategies, tools and overlays into a Freqtrade that you have; FT=its user_data, FORCE=1
	@PYTHONPATH=user_data/tools $(PYTHON) -m ict_lab.install "$(FT)" $(if $(FORCE),--force)

uninstall: ## Remove them again; FT=its user_data
	@PYTHONPATH=user_data/tools $(PYTHON) -m ict_lab.install "$(FT)" --remove

##@ Development

# Hundreds of processes import the same modules: what Python compiles of them is kept.
test: export PYTHONDONTWRITEBYTECODE :=
test: lint ## Run all checks: style, types, laws, tables, and the real Freqtrade as a process
	@$(PY) -m pytest -n 4

quick: $(INSTALLED) ## Run the quick checks: tables, hand-worked rules, laws, documentation
	@$(PY) -m pytest -n 0 --hypothesis-profile=quick -m "not process" $(QUICK)

lint: $(INSTALLED) ## Check style, types and imports
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@lint-imports --no-logo

docs: $(INSTALLED) ## Write the reference pages from the code; DATADIR=... measures how often each column is set
	@$(PY) -m ict_lab.docs $(AT)
	@$(PY) -m tests.docs.pictures

reading: $(INSTALLED) ## Type every command of every page, in reading order, on a loopback exchange; PAGES="README.md"
	@$(PY) -m ict_lab.docs.reading $(PAGES)

soak: $(INSTALLED) ## Run the live bot through a simulated day with faults; SOAK="--hours 6"
	@$(PY) -m ict_lab.soak $(SOAK)

parity: $(INSTALLED) ## Compare resting entry orders, live and in a backtest, over the same days; DAYS=14 PARITY="--memory"
	@$(PY) -m ict_lab.parity $(if $(DAYS),--days $(DAYS)) $(PARITY)

chaos: $(INSTALLED) ## Run the live bot through random faults; SEED=1 N=10 JOBS=3 CHAOS="--steps 1,2,4"
	@$(PY) -m ict_lab.chaos $(if $(SEED),--seed $(SEED)) $(if $(N),--count $(N)) $(if $(JOBS),--jobs $(JOBS)) $(CHAOS)

bench: $(INSTALLED) ## Time the analysis and the backtest against other libraries
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt -c constraints.txt
	@$(PY) -m ict_lab.bench

site: $(INSTALLED) ## Build the documentation as a site, warnings as errors, into user_data/plot/site
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-docs.txt -c constraints.txt
	@NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --quiet

wheel: $(INSTALLED) ## Build the package ict alone, into dist
	@$(PY) -m pip wheel --quiet --disable-pip-version-check --no-build-isolation --no-deps --wheel-dir dist user_data/strategies/ict

notes: $(INSTALLED) ## Print a version's part of the changelog; VERSION=0.2.0
	@$(PY) -m ict_lab.release_notes $(VERSION)

lock: $(INSTALLED) ## Write requirements.lock from constraints.txt, with the hashes of the files
	@$(PY) -m pip install --quiet --disable-pip-version-check uv==0.13.9
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --custom-compile-command "make lock" -c constraints.txt -o requirements.lock requirements.txt

clean: ## Remove the virtual environment and every cache
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
