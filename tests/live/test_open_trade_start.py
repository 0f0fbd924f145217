"""Starts with a trade in the book: what may not keep the bot from watching it (M31)."""

from ict_lab.bots.looks import BTC, ETH, ETH_LONG, LONG, RESTING_STOPS, move, target_price

from tests.live.conftest import MakeBot


def test_a_delisted_pair_does_not_keep_the_others_trade_unwatched(make_bot: MakeBot) -> None:
    bot = make_bot({BTC: LONG, ETH: ETH_LONG})
    server = bot.server
    with bot:
        bot.wait_for("both stops known", lambda: len(bot.rows(RESTING_STOPS)) == 2)
    del server.exchange.specs[ETH]
    with bot:
        bot.wait_told("must name futures that the exchange lists", "ETH/USDT:USDT")
        bot.wait_for_loops()
        (trade,) = bot.trades("pair = 'BTC/USDT:USDT'")
        move(server, target_price(LONG, trade["open_rate"]) * 1.0003)
        bot.wait_for("closed at its target", lambda: bot.trades("pair = 'BTC/USDT:USDT' and is_open = 0"))
