"""`/reload_config` while a trade is open: what could not start does not end the bot (M13)."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
from ict_lab.bots.discord import LoopbackDiscord
from ict_lab.bots.looks import BTC, LONG, RESTING_STOPS, move, positions, target_price, waiting_stops
from ict_lab.bots.shipped import ShippedBot

from tests.live.conftest import MakeServer
from tests.symbols.bots import free_port

USER, PASSWORD = "freqtrader", "long-enough-1"
KEPT = "the bot keeps the one that it had"


def api(port: int) -> dict[str, Any]:
    """Make the block of an API that a test can ask."""
    return {
        "enabled": True, "listen_ip_address": "127.0.0.1", "listen_port": port, "username": USER,
        "password": PASSWORD, "jwt_secret_key": "x" * 40, "verbosity": "error",
    }  # fmt: skip


# What is written into the last configuration -> what the bot says of it.
WRONG: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], str]] = {
    "a value": (
        lambda config: config | {"ict": {**config["ict"], "risk_reward": 200.0}}, "risk_reward must be",
    ),
    "a name": (lambda config: config | {"ict": {"risk_reword": 2}}, "risk_reword is not a setting of ict"),
    "a protection": (lambda config: config | {"margin_mode": "cross"}, 'margin_mode must be "isolated"'),
    "a template": (
        lambda config: config | {"discord": {"entry_fill": [{"Stop": "{stop_loss}"}]}}, "unknown field",
    ),
    "Freqtrade's own": (lambda config: config | {"tradable_balance_ratio": 7}, "greater than the maximum"),
    "an error of Python": (lambda config: config | {"max_open_trades": "two"}, "TypeError"),
    "a pair": (
        lambda config: config | {"exchange": {"pair_whitelist": ["NOPE/USDT:USDT"]}}, "pair_whitelist must",
    ),
    "another book": (lambda config: config | {"db_url": "sqlite:///other.sqlite"}, "db_url can't change"),
    "a simulation": (lambda config: config | {"dry_run": True}, "dry_run can't change"),
}  # fmt: skip


def test_a_reload_that_could_not_start_leaves_the_bot_and_its_trade_alone(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    server, port = make_server({BTC: LONG}), free_port()
    bot = ShippedBot(server, discord, tmp_path, extra={"api_server": api(port)})
    file, good = tmp_path / "last.json", (tmp_path / "last.json").read_text(encoding="utf-8")

    def reload(text: str, *said: str) -> None:
        file.write_text(text, encoding="utf-8")
        told = len(bot.told(*said))
        url = f"http://127.0.0.1:{port}/api/v1/reload_config"
        assert requests.post(url, auth=(USER, PASSWORD), timeout=60).ok
        bot.wait_for(f"told {said}", lambda: len(bot.told(*said)) > told)

    with bot:
        bot.wait_for("the stop known", lambda: bot.rows(RESTING_STOPS))
        process = bot.process_id
        reload(good[:-1], KEPT)
        for change, sentence in WRONG.values():
            reload(json.dumps(change(json.loads(good))), KEPT, sentence)
        bot.wait_for_loops()
        assert (bot.process_id, len(positions(server)), len(waiting_stops(server))) == (process, 1, 1)
        # The trade is looked after, with the settings that it was entered with.
        move(server, target_price(LONG, bot.trades()[0]["open_rate"]) * 1.0003)
        bot.wait_told("Position closed")
        reload(good, "Bot started")
        bot.wait_for_loops()
        assert bot.process_id == process


def test_a_trade_meets_its_target_after_a_reload_that_met_an_outage(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    """The exchange goes down once the old bot is gone; what is rehearsed does not ask for balances."""
    server, port = make_server({BTC: LONG}), free_port()
    bot = ShippedBot(server, discord, tmp_path, extra={"api_server": api(port)})
    with bot:
        bot.wait_for("the stop known", lambda: bot.rows(RESTING_STOPS))
        process = bot.process_id
        server.operator.fail_next("GET", "/fapi/v3/account", 503, {"code": -1008, "msg": "busy"}, times=None)
        url = f"http://127.0.0.1:{port}/api/v1/reload_config"
        assert requests.post(url, auth=(USER, PASSWORD), timeout=60).ok
        bot.wait_for("an attempt", lambda: "can't start yet" in bot.file_log())
        server.operator.clear_faults()
        bot.wait_told("Reloaded after an outage")
        move(server, target_price(LONG, bot.trades()[0]["open_rate"]) * 1.0003)
        bot.wait_told("Position closed")
        assert bot.process_id == process
