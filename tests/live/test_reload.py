"""`/reload_config` and a forced entry while trades are open: neither ends the bot or touches them (M13)."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
from ict_lab.bots import looks
from ict_lab.bots.looks import BTC, ETH, ETH_LONG, LONG, RESTING_STOPS
from ict_lab.bots.retest import Retest

from loopback.symbols import SPECS
from tests.live.conftest import MakeBot
from tests.support.patience import PATIENCE
from tests.symbols.bots import free_port

USER, PASSWORD = "freqtrader", "long-enough-1"
KEPT = "the bot keeps the one that it had"


def api(port: int) -> dict[str, Any]:
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


def test_failed_reloads_and_forced_entries_leave_bot_and_trades_alone(
    make_bot: MakeBot, tmp_path: Path
) -> None:
    """The last one is good, but meets an outage once the old bot is gone."""
    port = free_port()
    extra = {"api_server": api(port), "force_entry_enable": True}
    bot, server = make_bot({BTC: LONG, ETH: ETH_LONG}, ict={"partial_exit_at_r": 1.0}, extra=extra)
    file, good = tmp_path / "last.json", (tmp_path / "last.json").read_text(encoding="utf-8")

    def ask(route: str, **sent: str) -> str:
        url = f"http://127.0.0.1:{port}/api/v1/{route}"
        return requests.post(url, json=sent or None, auth=(USER, PASSWORD), timeout=PATIENCE).text

    def reload(text: str, *said: str) -> None:
        file.write_text(text, encoding="utf-8")
        told = len(bot.told(*said))
        ask("reload_config")
        bot.wait_for(f"told {said}", lambda: len(bot.told(*said)) > told)

    def to_the_target(symbol: str, retest: Retest) -> None:
        (trade,) = bot.trades(f"pair = '{SPECS[symbol].pair}'")
        looks.move(server, looks.target_price(retest, trade["open_rate"]) * 1.0003, symbol)
        bot.wait_told("Position closed", SPECS[symbol].pair)

    with bot:
        bot.wait_for("the stops known", lambda: len(bot.rows(RESTING_STOPS)) == 2)
        process = bot.process_id
        refused = ask("forceenter", pair="BTC/USDT:USDT", side="long")
        assert "another entry would bypass its size and the caps" in refused
        reload(good[:-1], KEPT)
        for change, sentence in WRONG.values():
            reload(json.dumps(change(json.loads(good))), KEPT, sentence)
        bot.wait_for_loops()
        assert [len(looks.orders(server, symbol)) for symbol in (BTC, ETH)] == [1, 1]
        assert [len(looks.waiting_stops(server, symbol)) for symbol in (BTC, ETH)] == [1, 1]
        # The trade is looked after, with the settings that it was entered with.
        to_the_target(BTC, LONG)
        # What is rehearsed does not ask for balances.
        server.operator.fail_next("GET", "/fapi/v3/account", 503, {"code": -1008, "msg": "busy"}, times=None)
        file.write_text(good, encoding="utf-8")
        ask("reload_config")
        bot.wait_for("an attempt", lambda: "can't start yet" in bot.file_log())
        server.operator.clear_faults()
        bot.wait_told("Reloaded after an outage")
        to_the_target(ETH, ETH_LONG)
        assert bot.process_id == process
