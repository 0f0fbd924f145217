"""Starts that must not happen: a sentence that says why, a failure for the one who started it, no order."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.config.support import overlay, read
from tests.discord.server import LoopbackDiscord
from tests.live.bot import ShippedBot
from tests.live.conftest import MakeServer
from tests.live.looks import BTC, LONG
from tests.loopback.live_bot import INTERRUPTED
from tests.loopback.server import LoopbackServer

Prepare = Callable[[LoopbackServer], Any]
HALF_AN_HOUR_MS = 1_800_000


def nothing(server: LoopbackServer) -> None:
    """Leave the exchange as it is."""


# What is wrong on the exchange, in the bot's arguments, and what has to be said.
CASES: dict[str, tuple[Prepare, dict[str, Any], str]] = {
    "hedge_mode": (lambda s: s.operator.set_modes(hedge_mode=True), {}, "Hedge Mode is not supported"),
    "multi_assets": (
        lambda s: s.operator.set_modes(multi_assets=True),
        {},
        "Multi-Asset Mode is not supported",
    ),
    "wrong_key": (nothing, {"environment": {"FREQTRADE__EXCHANGE__KEY": "k" * 64}}, "Invalid API-key"),
    "wrong_secret": (
        nothing,
        {"environment": {"FREQTRADE__EXCHANGE__SECRET": "s" * 64}},
        "Signature for this request is not valid",
    ),
    "no_key": (
        nothing,
        {"environment": {"FREQTRADE__EXCHANGE__KEY": "", "FREQTRADE__EXCHANGE__SECRET": ""}},
        'requires "apiKey" credential',
    ),
    "clock": (
        lambda s: s.operator.shift_server_time(HALF_AN_HOUR_MS),
        {},
        "Timestamp for this request",
    ),
    "mainnet": (
        nothing,
        # The file's addresses without the file's sentence.
        {"extra": {"exchange": read(overlay("mainnet"))["exchange"]}},
        "real money would be at risk",
    ),
    "template": (
        nothing,
        {"extra": {"discord": {"entry_fill": [{"Stop": "{stop_loss}"}]}}},
        "stop_loss",
    ),
    "parameter": (nothing, {"ict": {"entry_threshold": 9.0}}, "entry_threshold must be between 0 and 7"),
}


@pytest.mark.parametrize("case", CASES)
def test_refuses_to_start(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path, case: str
) -> None:
    prepare, given, sentence = CASES[case]
    server = make_server({BTC: LONG})
    prepare(server)
    with ShippedBot(server, discord, tmp_path, **given) as bot:
        code = bot.ended()
    errors = [line for line in bot.file_log().splitlines() if " - ERROR - " in line]
    print(case, code, *errors, sep="\n")
    assert sentence in bot.file_log(), bot.file_log()[-3_000:]
    assert code not in (0, INTERRUPTED)
    asked = [(entry.method, entry.path) for entry in server.exchange.record.entries]
    assert not [path for method, path in asked if method != "GET"]
    assert server.operator.state()["orders"] == []


def test_an_unknown_pair(make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path) -> None:
    """Freqtrade by itself would run on without any pair."""
    server = make_server({BTC: LONG})
    extra = {"exchange": {"pair_whitelist": ["NOPE/USDT:USDT"]}}
    with ShippedBot(server, discord, tmp_path, extra=extra) as bot:
        assert bot.ended() == 2
        assert "pair_whitelist must name futures that the exchange lists" in bot.file_log()
    assert server.operator.state()["orders"] == []
