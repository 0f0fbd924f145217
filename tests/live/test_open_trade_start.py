"""Starts with a trade in the book: what may not keep the bot from watching it, and what must (M31)."""

from pathlib import Path

from ict_lab.bots.discord import LoopbackDiscord
from ict_lab.bots.disk import read_only_url
from ict_lab.bots.looks import BTC, ETH, ETH_LONG, LONG, RESTING_STOPS, move, target_price
from ict_lab.bots.process import INTERRUPTED
from ict_lab.bots.shipped import ShippedBot

from tests.live.conftest import MakeServer

BOTH = {"max_open_trades": 2, "exchange": {"pair_whitelist": ["BTC/USDT:USDT", "ETH/USDT:USDT"]}}


def test_a_delisted_pair_does_not_keep_the_others_trade_unwatched(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    server = make_server({BTC: LONG, ETH: ETH_LONG})
    bot = ShippedBot(server, discord, tmp_path, extra=BOTH)
    with bot:
        bot.wait_for("both stops known", lambda: len(bot.rows(RESTING_STOPS)) == 2)
    del server.exchange.specs[ETH]
    with bot:
        bot.wait_told("must name futures that the exchange lists", "ETH/USDT:USDT")
        bot.wait_for_loops()
        (trade,) = bot.trades("pair = 'BTC/USDT:USDT'")
        move(server, target_price(LONG, trade["open_rate"]) * 1.0003)
        bot.wait_for("closed at its target", lambda: bot.trades("pair = 'BTC/USDT:USDT' and is_open = 0"))


def test_a_read_only_database_ends_in_a_sentence(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    server = make_server({BTC: LONG})
    bot = ShippedBot(server, discord, tmp_path, extra={"db_url": read_only_url(tmp_path / "trades.sqlite")})
    (tmp_path / "trades.sqlite").touch()
    with bot:
        code = bot.ended()
    assert code not in (0, INTERRUPTED)
    (line,) = [line for line in bot.file_log().splitlines() if " ERROR " in line or " - ERROR - " in line]
    assert "db_url must be a database that can be written" in line
    assert "Traceback" not in bot.file_log()
