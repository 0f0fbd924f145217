"""Entries that the exchange refuses each time: told once, tried again, and made when it takes them."""

from pathlib import Path

from ict_lab.bots.discord import LoopbackDiscord
from ict_lab.bots.looks import BTC, LONG, calls, orders, waiting_stops
from ict_lab.bots.shipped import ShippedBot

from tests.live.conftest import MakeServer

ENTRY = ("POST", "/fapi/v1/order")
NO_MARGIN = {"code": -2019, "msg": "Margin is insufficient."}


def test_missing_margin_is_told_once(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    server = make_server({BTC: LONG})
    server.operator.fail_next(*ENTRY, 400, NO_MARGIN, times=None)
    with ShippedBot(server, discord, tmp_path) as bot:
        bot.wait_for("several attempts", lambda: calls(server, *ENTRY) >= 4)
        bot.wait_told("Error", "Margin is insufficient")
        assert len(bot.told("Margin is insufficient")) == 1
        assert (orders(server), bot.trades()) == ([], [])
        server.operator.clear_faults()
        bot.wait_for("an entry after all", lambda: waiting_stops(server))
