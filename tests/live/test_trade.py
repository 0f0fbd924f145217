"""From a signal to closed trades: entries, stops on the exchange, target and stop, words on Discord."""

from pathlib import Path
from typing import Any

import pytest
from ict_lab.bots.discord import LoopbackDiscord, RateLimited, Refused
from ict_lab.bots.looks import (
    BTC,
    ETH,
    RESTING_STOPS,
    move,
    orders,
    positions,
    stop_price,
    stop_status,
    target_price,
    waiting_stops,
)
from ict_lab.bots.process import INTERRUPTED
from ict_lab.bots.retest import Retest, Side
from ict_lab.bots.shipped import ShippedBot

from loopback.server import LoopbackServer
from loopback.symbols import SPECS
from tests.live.conftest import MakeServer

MARGIN_CAP = 950.0  # a tenth of the 95 % that the shipped configuration lets the bot use
BOTH = {
    "max_open_trades": 2,
    "exchange": {"pair_whitelist": ["BTC/USDT:USDT", "ETH/USDT:USDT"]},
}


@pytest.mark.parametrize(("btc", "eth", "leverage"), [("long", "short", 1), ("short", "long", 5)])
def test_one_trade_to_its_target_and_one_to_its_stop(
    make_server: MakeServer, discord: LoopbackDiscord, tmp_path: Path, btc: Side, eth: Side, leverage: int
) -> None:
    retests = {BTC: Retest(60_000.0, btc), ETH: Retest(3_000.0, eth)}
    server = make_server(retests)
    server.operator.set_rules(keep_orphans=True)
    # What Freqtrade says of itself at its start meets a bad day; nothing of the trades does.
    discord.moods.extend([Refused(400), RateLimited(), Refused(429), Refused(500)])
    with ShippedBot(server, discord, tmp_path, ict={"position_leverage": leverage}, extra=BOTH) as bot:
        bot.wait_for("both stops known", lambda: len(bot.rows(RESTING_STOPS)) == 2)
        for symbol, retest in retests.items():
            check_protected(server, symbol, retest, leverage)
            said = check_told_of_entry(bot, retest, symbol, leverage)
            assert said["SL"].startswith(f"{float(waiting_stops(server, symbol)[0]['triggerPrice']):,} ")
        to_the_target(bot, server, retests[BTC])
        to_the_stop(bot, server, retests[ETH])
        assert bot.stop() == INTERRUPTED
    assert [row["is_open"] for row in bot.trades()] == [0, 0]
    assert [row["leverage"] for row in bot.trades()] == [leverage, leverage]
    assert len(discord.refusals) == 4


def check_protected(server: LoopbackServer, symbol: str, retest: Retest, leverage: int) -> None:
    """Require an entry at market, and a stop for all of it that ends the position at the zone's stop."""
    (entry,), (position,), (stop,) = (
        orders(server, symbol),
        positions(server, symbol),
        waiting_stops(server, symbol),
    )
    is_long = retest.side == "long"
    assert (entry["type"], entry["side"]) == ("MARKET", "BUY" if is_long else "SELL")
    assert (stop["orderType"], stop["side"]) == ("STOP_MARKET", "SELL" if is_long else "BUY")
    assert (stop["reduceOnly"], stop["workingType"]) == (True, "CONTRACT_PRICE")
    assert float(stop["quantity"]) == float(entry["executedQty"]) == abs(float(position["positionAmt"]))
    # The stop's price is the same at every leverage.
    assert abs(float(stop["triggerPrice"]) - stop_price(retest)) < float(SPECS[symbol].tick)
    assert (position["leverage"], position["marginType"]) == (str(leverage), "isolated")
    notional = float(entry["cumQuote"])
    assert float(position["isolatedWallet"]) == pytest.approx(notional / leverage, rel=0.001)
    assert 0.9 * MARGIN_CAP < notional / leverage <= MARGIN_CAP


def check_told_of_entry(bot: ShippedBot, retest: Retest, symbol: str, leverage: int) -> dict[str, str]:
    """Require one message with entry, stop and target, the same prices as the strategy's own record."""
    (trade,) = bot.trades(f"pair = '{SPECS[symbol].pair}'")
    assert trade["stake_amount"] == pytest.approx(trade["open_rate"] * trade["amount"] / leverage)
    text = bot.wait_told("Position opened", SPECS[symbol].pair)
    said = fields(text)
    assert said["Side"] == f"{retest.side.capitalize()} {leverage}x"
    # On the pair's grid, a stop can be a tick off, and its target two and its own.
    for name, price, ticks in (
        ("Entry", trade["open_rate"], 1),
        ("SL", stop_price(retest), 1),
        ("TP", target_price(retest, trade["open_rate"]), 3),
    ):
        assert abs(number(said[name]) - price) <= ticks * float(SPECS[symbol].tick)
    assert len(bot.told("Position opened", SPECS[symbol].pair)) == 1
    return said


def to_the_target(bot: ShippedBot, server: LoopbackServer, retest: Retest) -> None:
    """Ramp the price over the target and require the exit, the cleared stop and the message."""
    entry = bot.trades("pair = 'BTC/USDT:USDT'")[0]["open_rate"]
    target, sign = target_price(retest, entry), 1 if retest.side == "long" else -1
    (stop,) = waiting_stops(server)
    # Clear of the tick between both sides of the book.
    move(server, target * (1 + sign * 0.0003), over_ms=1_000)
    said = fields(bot.wait_told("Position closed", "BTC/USDT:USDT"))
    _, exit_order = orders(server)
    assert (exit_order["type"], exit_order["reduceOnly"]) == ("MARKET", True)
    bot.wait_for("the stop cleared away", lambda: not waiting_stops(server))
    assert stop_status(server, stop) == "CANCELED"
    assert positions(server) == []
    (trade,) = bot.trades("pair = 'BTC/USDT:USDT'")
    assert (trade["is_open"], trade["exit_reason"]) == (0, "roi")
    assert sign * (trade["close_rate"] - target) >= 0
    assert number(said["R multiple"]) == pytest.approx(in_r(trade, retest), abs=0.01)
    assert 1.8 < number(said["R multiple"]) < 2.1
    assert len(bot.told("Pair: BTC/USDT:USDT", "Exit: ")) == 1


def to_the_stop(bot: ShippedBot, server: LoopbackServer, retest: Retest) -> None:
    """Ramp the price to the stop and require what the exchange did to be told, with the day's total."""
    (stop,) = waiting_stops(server, ETH)
    move(server, float(stop["triggerPrice"]), ETH, over_ms=1_000)
    said = fields(bot.wait_told("Position closed", "ETH/USDT:USDT"))
    (trade,) = bot.trades("pair = 'ETH/USDT:USDT'")
    assert (trade["is_open"], trade["exit_reason"]) == (0, "stoploss_on_exchange")
    assert stop_status(server, stop) == "FINISHED"
    # Fees of both sides are a seventh of this stop's distance.
    assert number(said["R multiple"]) == pytest.approx(in_r(trade, retest), abs=0.01)
    assert -1.2 < number(said["R multiple"]) < -1.0
    total = sum(row["close_profit_abs"] for row in bot.trades())
    assert number(said["Day's total (UTC)"]) == pytest.approx(total, abs=0.01)
    assert len(bot.told("Position closed")) == 2


def in_r(trade: dict[str, Any], retest: Retest) -> float:
    """Return a closed trade's net profit in multiples of its risk, from the table of trades."""
    risk = trade["amount"] * abs(trade["open_rate"] - stop_price(retest))
    return float(trade["close_profit_abs"] / risk)


def fields(text: str) -> dict[str, str]:
    """Return the lines of a message by their names."""
    return dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)


def number(text: str) -> float:
    """Return the number that a text begins with."""
    return float(text.split()[0].replace(",", "").rstrip("R"))
