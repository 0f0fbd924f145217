"""A bot that is ended between a fill and the end of its loop tells of the fill at its next start, once."""

from ict_lab.bots.looks import LONG, RESTING_STOPS, move, target_price
from ict_lab.bots.shipped import control

from tests.live.conftest import MakeBot

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


def test_a_bot_ended_after_a_fill_tells_of_it(make_bot: MakeBot) -> None:
    bot = make_bot(strategy="EndsAtFills", source=control("EndsAtFills", ENDS))
    server = bot.server
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
