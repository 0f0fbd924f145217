"""A position that the bot does not know: no second entry, words that help, entries when it is gone."""

from pathlib import Path

from tests.discord.server import LoopbackDiscord
from tests.live.bot import ShippedBot, control
from tests.live.conftest import MakeServer
from tests.live.looks import BTC, ETH, ETH_LONG, LONG, orders, positions, waiting_stops
from tests.live.market import Retest

LTC, LTC_LONG = "LTCUSDT", Retest(80.0, "long")
ALL = {
    "max_open_trades": 3,
    "exchange": {"pair_whitelist": ["BTC/USDT:USDT", "ETH/USDT:USDT", "LTC/USDT:USDT"]},
}
UNGUARDED = control("Unguarded", "    def _unknown_position(self, pair):\n        return None")
ENTRY = ("POST", "/fapi/v1/order")


def test_an_entry_with_a_lost_answer_is_not_repeated(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    server = make_server({BTC: LONG, ETH: ETH_LONG, LTC: LTC_LONG})
    server.operator.lose_next(*ENTRY)
    by_hand = server.operator.trade_by_hand(LTC, "SELL", "1")
    with ShippedBot(server, discord, tmp_path, extra=ALL) as bot:
        bot.wait_told("Entry refused", "BTC/USDT:USDT", "position that the bot does not know", "close it")
        # The other pair is traded as ever, and the loops go on.
        bot.wait_for("the other pair's stop", lambda: waiting_stops(server, ETH))
        bot.wait_for_loops()
        assert (len(orders(server)), len(positions(server)), bot.trades("pair like 'BTC%'")) == (1, 1, [])
        assert len(bot.told("Entry refused", "BTC/USDT:USDT", "does not know")) == 1
        # Nor is a position touched that its owner has opened, on the other side.
        bot.wait_told("Entry refused", "LTC/USDT:USDT", "does not know")
        assert [row["orderId"] for row in orders(server, LTC)] == [by_hand["orderId"]]
        server.operator.close_by_hand(BTC)
        bot.wait_for("an entry after all", lambda: waiting_stops(server))
        bot.wait_told("Position opened", "BTC/USDT:USDT")
    by_bot = [row for row in orders(server) if not row["clientOrderId"].startswith("web_")]
    assert (len(by_bot), len(bot.trades("pair like 'BTC%'"))) == (2, 1)


def test_control_without_the_guard_a_second_order_goes_out(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    server = make_server({BTC: LONG})
    server.operator.lose_next(*ENTRY)
    with ShippedBot(server, discord, tmp_path, strategy="Unguarded", source=UNGUARDED) as bot:
        bot.wait_for("a second order", lambda: len(orders(server)) == 2)
        bot.wait_for("a trade", bot.trades)
    first, second = (float(row["executedQty"]) for row in orders(server))
    assert float(positions(server)[0]["positionAmt"]) == first + second
