"""Each file by itself: valid, free of secrets, one concern; and each combination as Freqtrade merges it."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from freqtrade.config_schema.config_schema import CONF_SCHEMA
from freqtrade.configuration import Configuration
from freqtrade.configuration.config_validation import FreqtradeValidator
from freqtrade.enums import RunMode
from freqtrade.util import get_dry_run_wallet

from tests.config.support import BASE, load, overlay, read, validated
from tests.strategy.support import run_process
from tests.support.needs import needs_git
from tests.support.places import CONFIG, REPOSITORY, STRATEGIES

FILES = [BASE, *sorted(CONFIG.glob("*.json"))]
COMBINATIONS = [
    (), ("dry_run",), ("testnet_legacy",), ("testnet_legacy", "dry_run"), ("mainnet",),
    ("mainnet", "dry_run"), ("public_data",), ("public_data", "dry_run"), ("loopback",),
    ("loopback", "dry_run"), ("public_data", "loopback"), ("many_pairs",),
]  # fmt: skip
SECRET_NAMES = {"key", "api_key", "secret", "password", "uid", "token", "chat_id", "webhook_url", "ws_token"}


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, key)
    else:
        yield name, value


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_is_ascii_fits_freqtrades_schema_and_holds_no_secret(path: Path) -> None:
    # Freqtrade opens it in the system's encoding, which is not UTF-8 on every Windows.
    assert path.read_text(encoding="utf-8").isascii()
    errors = FreqtradeValidator(CONF_SCHEMA).iter_errors(read(path))
    # An overlay alone may leave out what config.json says.
    assert [error.message for error in errors if path == BASE or error.validator != "required"] == []
    settings = read(path)
    settings.get("api_server", {}).pop("password", None)  # the placeholder has tests of its own
    assert {value for name, value in leaves(settings) if name in SECRET_NAMES} <= {""}


@pytest.mark.parametrize("overlays", COMBINATIONS, ids="+".join)
def test_combination_is_ready_to_trade(overlays: tuple[str, ...], user_data: Path) -> None:
    settings = validated(load(*overlays, user_data=user_data))

    is_dry = bool({"dry_run", "public_data"} & set(overlays))
    assert settings["runmode"] is (RunMode.DRY_RUN if is_dry else RunMode.LIVE)
    assert settings["db_url"].endswith("dryrun.sqlite") == is_dry
    assert ("ict_mainnet" in settings) == ("mainnet" in overlays)


@pytest.mark.parametrize("runmode", [RunMode.BACKTEST, RunMode.HYPEROPT, RunMode.UTIL_EXCHANGE])
def test_public_data_is_ready_for_research(runmode: RunMode, user_data: Path) -> None:
    settings = validated(load("public_data", user_data=user_data, runmode=runmode))
    assert settings["exchange"]["only_from_ccxt"] is False
    assert settings["logfile"] != read(BASE)["logfile"]


def test_each_market_has_its_own_database_and_log() -> None:
    files = [BASE, *map(overlay, ("testnet_legacy", "mainnet", "dry_run", "public_data", "producer"))]
    databases, logs = ([read(path)[key] for path in files] for key in ("db_url", "logfile"))
    assert len(set(databases)) == len(set(logs)) == len(files)
    # The one folder that the container keeps; Freqtrade's default would be lost with the container.
    assert all(url.startswith("sqlite:///user_data/") for url in databases)


def test_only_the_dry_files_set_dry_run_after_config_json() -> None:
    found = {path.stem: read(path)["dry_run"] for path in FILES if "dry_run" in read(path)}
    simulated = dict.fromkeys(("alerts", "dry_run", "producer", "public_data", "watch"), True)
    assert found == {"config": False, **simulated}


def test_loopback_sets_the_way_there_and_no_other_host() -> None:
    certificate = "user_data/config/loopback.local.ca.pem"
    proxied = {"httpsProxy": "http://127.0.0.1:8899", "validateServerSsl": certificate, "cafile": certificate}
    options = read(BASE)["exchange"]["ccxt_config"]["options"]
    exchange = {"enable_ws": False, "only_from_ccxt": True, "ccxt_config": {**proxied, "options": options}}
    assert read(overlay("loopback")) == {"ict_prices": "synthetic", "exchange": exchange}


def test_money_is_protected_by_default() -> None:
    settings = read(BASE)
    assert (settings["margin_mode"], settings["cancel_open_orders_on_exit"]) == ("isolated", True)
    assert settings["order_types"]["stoploss_on_exchange"] is True
    assert settings["order_types"]["emergency_exit"] == settings["order_types"]["stoploss"] == "market"
    assert settings["force_entry_enable"] is False
    assert settings["max_open_trades"] == len(settings["exchange"]["pair_whitelist"]) == 1
    assert settings["tradable_balance_ratio"] < 0.99
    assert not {"telegram", "discord", "webhook", "external_message_consumer"} & set(settings)


def test_the_real_command_merges_and_accepts_the_files(scratch: Path) -> None:
    files = ("-c", str(BASE), "-c", str(overlay("mainnet")))
    done = run_process([sys.executable, "-m", "freqtrade", "show-config", *files], scratch, STRATEGIES)
    assert done.returncode == 0, done.stderr
    assert '"ict_mainnet": "I accept that real money is at risk"' in done.stdout
    assert "demo-fapi" not in done.stdout
    # The log file appears below the working folder, which the command creates, with its INFO lines.
    assert " - INFO - " in (scratch / "logs" / "mainnet.log").read_text()


@pytest.mark.parametrize("wallet", [2000, 2000.0, {"USDT": 2000.0}, {"USDT": 2000, "BNB": 1}])
def test_a_wallet_may_be_a_number_or_a_block(wallet: Any, user_data: Path) -> None:
    """Freqtrade's merge puts no block over a number, so config.json has a block."""
    own = user_data / "own.json"
    own.write_text(json.dumps({"dry_run_wallet": wallet}), encoding="utf-8")
    arguments = {"config": [str(BASE), str(own)], "user_data_dir": str(user_data), "command": "trade"}
    settings = validated(Configuration(arguments, None).get_config())
    assert get_dry_run_wallet(settings) == 2000
    # Freqtrade's API answers 500 to a backtest without trades where the wallet is a whole number.
    assert isinstance(get_dry_run_wallet(load(user_data=user_data)), float)


# What is private


PRIVATE = [
    ".env", ".env.production", "logs/trader.log", "logs/trader.log.1", "user_data/tradesv3.demo.sqlite",
    "user_data/tradesv3.demo.sqlite-wal", "user_data/data/binance/futures/BTC_USDT_USDT-15m-futures.feather",
    "user_data/backtest_results/result.zip", "user_data/config/mine.local.json",
    "user_data/config/loopback.local.ca.pem", ".venv/bin/python",
    "user_data/strategies/ict/__pycache__/x.pyc",
]  # fmt: skip
PUBLIC = [
    ".env.example", "config.json", "logs/.gitkeep", "user_data/config/dry_run.json", "docker-compose.yml",
    "user_data/strategies/ICTObFvgStrategy.py", "user_data/strategies/ict/market/swings.py",
    "user_data/hyperopts/loss.py", "tests/loopback/server.py", "tests/golden/data/x.feather",
]  # fmt: skip


@needs_git
def test_private_files_are_ignored_and_public_ones_are_not(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    shutil.copy(REPOSITORY / ".gitignore", tmp_path)
    asked = subprocess.run(
        ["git", "check-ignore", "--stdin"],
        cwd=tmp_path, input="\n".join(PRIVATE + PUBLIC), capture_output=True, text=True,
    )  # fmt: skip
    assert asked.stdout.splitlines() == PRIVATE
