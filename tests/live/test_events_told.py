"""A bot that is ended between a fill and the end of its loop tells of the fill at its next start, once."""

from pathlib import Path

from ict_lab.bots.discord import LoopbackDiscord
from ict_lab.bots.looks import BTC, LONG, RESTING_STOPS, move, target_price
from ict_lab.bots.shipped import ShippedBot, control

from tests.live.conftest import MakeServer

# Ends the bot as soon as the book has a fill of this kind, the first time.
ENDS = """
    def order_filled(self, pair, trade, order, **kwargs):
        super().order_filled(pair=pair, trade=trade, order=order, **kwargs)
        import os, pathlib, signal
        kind = "entry" if order.ft_order_side == trade.entry_side else "exit"
        mark = pathlib.Path(f"ended_at_{kind}")
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL if kind == "entry" else signal.SIGTERM)
"""


def test_a_bot_ended_after_a_fill_tells_of_it(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path
) -> None:
    server = make_server({BTC: LONG})
    source = control("EndsAtFills", ENDS)
    bot = ShippedBot(server, discord, tmp_path, strategy="EndsAtFills", source=source)
    with bot:
        bot.ended()
    with bot:
        bot.wait_told("Position opened", "SL: ", "TP: ", "Pattern: order block")
        bot.wait_for("the stop known", lambda: bot.rows(RESTING_STOPS))
        move(server, target_price(LONG, bot.trades()[0]["open_rate"]) * 1.0003)
        bot.ended()
    with bot:
        bot.wait_told("Position closed", "Exit reason: target")
        bot.wait_for_loops()
    (trade,) = bot.trades()
    assert trade["is_open"] == 0
    (told,) = bot.told("Position closed")
    assert f"PnL: {trade['close_profit_abs']:+.2f} USDT" in told
    assert f"Day's total (UTC): {trade['close_profit_abs']:+.2f} USDT" in told
    assert len(bot.told("Position opened")) == 1
    with bot:
        bot.wait_for_loops()
    assert [len(bot.told(words)) for words in ("Position opened", "Position closed")] == [1, 1]
