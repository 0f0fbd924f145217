"""A Discord that answers errors or not at all: the trade goes on, and all is told once when it is back."""

from ict_lab.bots import looks
from ict_lab.bots.discord import LoopbackDiscord
from ict_lab.bots.looks import BTC, ETH, ETH_LONG, LONG, RESTING_STOPS

from tests.live.conftest import MakeBot


def test_a_trade_goes_on_without_discord(make_bot: MakeBot, discord: LoopbackDiscord) -> None:
    bot, server = make_bot({BTC: LONG, ETH: ETH_LONG}, slots=1)
    server.operator.set_rules(keep_orphans=True)
    with bot:
        bot.wait_told("Position opened", "BTC/USDT:USDT")
        bot.wait_for("the stop known", lambda: bot.rows(RESTING_STOPS))
        discord.is_down = True
        looks.move(server, looks.target_price(LONG, bot.trades()[0]["open_rate"]) * 1.0003)
        bot.wait_for("a closed trade", lambda: bot.trades("is_open = 0 and exit_reason = 'roi'"))
        # The next entry is made while nobody can be told.
        bot.wait_for("the next stop", lambda: looks.waiting_stops(server, ETH))
        bot.wait_for("the stop known", lambda: bot.rows(RESTING_STOPS))
        bot.wait_for_loops()
        assert len(looks.orders(server)) == 2
        assert looks.positions(server) == looks.waiting_stops(server) == []
        assert (len(looks.orders(server, ETH)), len(looks.positions(server, ETH))) == (1, 1)
        assert "Could not call webhook url" in bot.file_log()
        discord.is_down = False
        bot.wait_told("Position closed", "BTC/USDT:USDT", "Exit reason: target")
        looks.move(server, float(looks.waiting_stops(server, ETH)[0]["triggerPrice"]), ETH)
        discord.is_down = True
        bot.wait_for("the other closed", lambda: bot.trades("is_open = 0 and pair like 'ETH%'"))
    # Nobody could be told before the bot ended.
    assert bot.told("Position closed", "ETH/USDT:USDT") == []
    discord.is_down = False
    with bot:
        bot.wait_told("Position closed", "ETH/USDT:USDT")
        bot.wait_for_loops()
    for pair in ("BTC/USDT:USDT", "ETH/USDT:USDT"):
        assert [len(bot.told(words, pair)) for words in ("Position opened", "Position closed")] == [1, 1]
    assert [row["is_open"] for row in bot.trades()] == [0, 0]
