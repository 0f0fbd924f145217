"""What a restart must not change, and what happened while the bot was down."""

from ict_lab.bots import looks
from ict_lab.bots.looks import BTC, ETH, ETH_LONG, LONG, RESTING_STOPS
from ict_lab.bots.shipped import control

from tests.live.conftest import MakeBot
from tests.live.test_stop_watch import refuse_stops, stop_attempts


def test_restarts_and_a_stop_hit_while_the_bot_was_down(make_bot: MakeBot) -> None:
    """RISK-2: 8.6 USDT are 0.09 % of the 9 500 at midnight, and 0.045 % of what a deposit makes of it."""
    bot, server = make_bot({BTC: LONG, ETH: ETH_LONG}, ict={"max_daily_loss_percent": 0.05}, slots=1)
    with bot:
        bot.wait_for("the stop known", lambda: bot.rows(RESTING_STOPS))
        bot.wait_told("Position opened")
    before, (stop,) = bot.levels(), looks.waiting_stops(server)
    assert before
    with bot:
        bot.wait_for_loops()
    assert bot.levels() == before
    assert [row["algoId"] for row in looks.waiting_stops(server)] == [stop["algoId"]]
    assert (len(looks.orders(server)), len(bot.trades()), len(bot.told("Position opened"))) == (1, 1, 1)
    looks.move(server, float(stop["triggerPrice"]))
    assert looks.positions(server) == []
    server.operator.set_balance(20_000)
    asked = looks.calls(server, "GET", "/fapi/v1/income")
    with bot:
        text = bot.wait_told("Position closed", "BTC/USDT:USDT")
        (trade,) = bot.trades()
        assert (trade["is_open"], trade["exit_reason"]) == (0, "stoploss_on_exchange")
        assert f"Day's total (UTC): {trade['close_profit_abs']:+.2f}" in text
        assert "R multiple: -1." in text
        bot.wait_told("No more entries today", "Deepest loss / allowed: 0.09% / 0.05%")
        (lock,) = bot.rows("select * from pairlocks where pair = '*'")
        assert lock["lock_end_time"].startswith("2026-03-05 00:00:00")
        bot.wait_for_loops()
    assert looks.calls(server, "GET", "/fapi/v1/income") > asked
    assert looks.orders(server, ETH) == []
    assert len(bot.told("No more entries today")) == 1
    assert len(bot.told("Position closed")) == 1


def test_no_second_entry_from_the_signal_of_a_trade_stopped_while_down(make_bot: MakeBot) -> None:
    bot, server = make_bot()
    with bot:
        bot.wait_for("the stop known", lambda: bot.rows(RESTING_STOPS))
    (stop,) = looks.waiting_stops(server)
    looks.move(server, float(stop["triggerPrice"]))
    looks.move(server, LONG.price)
    with bot:
        bot.wait_told("Position closed", "BTC/USDT:USDT")
        bot.wait_for_loops()
    # A running bot would have been kept from it by the lock that Freqtrade sets until the candle is over.
    slots = [int(row["open_date"][14:16]) // 15 for row in bot.trades()]
    assert len(slots) == len(set(slots)), "two entries from one candle"


def test_a_start_before_the_stop_and_one_after_the_target(make_bot: MakeBot) -> None:
    bot, server = make_bot()
    server.operator.set_rules(keep_orphans=True)
    refuse_stops(server)
    with bot:
        bot.wait_for("an entry without a stop", lambda: bot.trades() and stop_attempts(server))
        bot.crash()
    # After the entry, before its stop.
    assert (len(looks.orders(server)), looks.waiting_stops(server)) == (1, [])
    server.operator.clear_faults()
    with bot:
        bot.wait_for("the stop known", lambda: bot.rows(RESTING_STOPS))
    (stop,), (position,) = looks.waiting_stops(server), looks.positions(server)
    assert (stop["quantity"], len(looks.orders(server)), len(bot.trades())) == (position["positionAmt"], 1, 1)
    # The target is reached while nobody looks.
    looks.move(server, looks.target_price(LONG, bot.trades()[0]["open_rate"]) * 1.0003)
    with bot:
        bot.wait_told("Position closed", "Exit reason: target")
        bot.wait_for("the stop cleared away", lambda: not looks.waiting_stops(server))
        bot.wait_for_loops()
    assert (len(looks.orders(server)), looks.positions(server)) == (2, [])
    assert [row["is_open"] for row in bot.trades()] == [0]
    assert [len(bot.told(words)) for words in ("Position opened", "Position closed")] == [1, 1]


def test_a_delisted_pair_does_not_keep_the_others_trade_unwatched(make_bot: MakeBot) -> None:
    bot, server = make_bot({BTC: LONG, ETH: ETH_LONG})
    with bot:
        bot.wait_for("both stops known", lambda: len(bot.rows(RESTING_STOPS)) == 2)
    del server.exchange.specs[ETH]
    with bot:
        bot.wait_told("must name futures that the exchange lists", "ETH/USDT:USDT")
        bot.wait_for_loops()
        (trade,) = bot.trades("pair = 'BTC/USDT:USDT'")
        looks.move(server, looks.target_price(LONG, trade["open_rate"]) * 1.0003)
        bot.wait_for("closed at its target", lambda: bot.trades("pair = 'BTC/USDT:USDT' and is_open = 0"))


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
    bot, server = make_bot(strategy="EndsAtFills", source=control("EndsAtFills", ENDS))
    with bot:
        bot.ended()
    with bot:
        bot.wait_told("Position opened", "Stop: ", "Target: ", "Pattern: order block")
        bot.wait_for("the stop known", lambda: bot.rows(RESTING_STOPS))
        looks.move(server, looks.target_price(LONG, bot.trades()[0]["open_rate"]) * 1.0003)
        bot.ended()
    with bot:
        bot.wait_told("Position closed", "Exit reason: target")
        bot.wait_for_loops()
    (trade,) = bot.trades()
    assert trade["is_open"] == 0
    (told,) = bot.told("Position closed")
    assert f"Profit: {trade['close_profit_abs']:+.2f} USDT" in told
    assert f"Day's total (UTC): {trade['close_profit_abs']:+.2f} USDT" in told
    assert len(bot.told("Position opened")) == 1
