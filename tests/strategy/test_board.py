"""What the running bot writes down in each loop: the strategy's answer, and what Freqtrade adds to it."""

import json
import math
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from freqtrade.enums import RunMode, State
from freqtrade.persistence import PairLocks, Trade
from freqtrade.strategy.interface import IStrategy
from ict_host.board import Board
from ict_host.funding import Funding
from ict_host.now import _spread
from ict_host.seams.access import bot_of
from ict_lab.runs.journal import live_journal

from ict.now.facts import Now, from_record
from tests.strategy.host import ENTRY, NOW, no_signals, opened, saved, step
from tests.strategy.live import SECRET, position, running
from tests.strategy.support import BTC

pytestmark = pytest.mark.usefixtures("clock")


def board_of(strategy: IStrategy, folder: Path, **config: Any) -> Board:
    """Put a board behind a bot that trades one pair."""
    bot = bot_of(strategy.dp)
    bot.config = {**strategy.config, "max_open_trades": 3, "bot_name": "desk", **config}
    strategy.config["max_open_trades"] = 3
    bot.active_pair_whitelist, bot.state = [BTC], State.RUNNING
    return Board(strategy, bot, folder)


def causes(now: Now) -> list[str]:
    return [block.cause for block in now.pairs[0].blocks]


def test_the_file_has_the_signal_the_account_and_the_health(tmp_path: Path) -> None:
    strategy = running("short")
    board = board_of(strategy, tmp_path)
    board.begin()
    bot_of(strategy.dp).rpc.process_msg_queue(strategy.dp._msg_queue)
    assert board.file == tmp_path / "now-tradesv3.demo.json"
    assert [file.name for file in tmp_path.iterdir()] == [board.file.name]
    text = board.file.read_text()
    assert SECRET not in text
    now = from_record(Now, json.loads(text))
    assert (now.bot, now.state, now.mode, now.written_at) == ("desk", "running", "play_money", NOW)
    pair = now.pairs[0]
    assert (pair.pair, pair.signal, pair.enters, pair.sides[1].blocks) == (BTC, -1, -1, ())
    assert now.account is not None
    assert (now.account.equity, now.account.open_trades, now.account.day_profit) == (10_000.0, 0, 0.0)
    limits = [(limit.cause, limit.used, limit.allowed) for limit in now.account.limits]
    assert limits == [("daily_trades", 0.0, 5.0), ("daily_loss", 0.0, 3.0)]
    assert now.health is not None
    assert (now.health.answers, now.health.waiting, now.health.agrees) == (True, 0, "")


def test_an_open_trade(tmp_path: Path) -> None:
    strategy = running()
    position(strategy)
    now = board_of(strategy, tmp_path).now(NOW)
    trade, market = now.pairs[0].trade, now.pairs[0].market
    assert causes(now) == ["open_trade"]
    assert trade is not None
    # One R is 600: the stop is 1 % away, the target two R.
    assert (trade.side, trade.entry, trade.stop, trade.target) == (1, ENTRY, 59_400.0, 61_200.0)
    assert trade.gain_r == pytest.approx(((market.price if market else 0.0) - ENTRY) / 600)


def test_an_order_that_rests(tmp_path: Path) -> None:
    strategy = running()
    trade, order = opened("long")
    order.ft_is_open, order.status, order.filled, order.order_filled_date = True, "open", 0.0, None
    trade.amount, trade.orders = 0.0, [order]
    saved(trade)
    now = board_of(strategy, tmp_path).now(NOW)
    rests = now.pairs[0].order
    assert (causes(now), rests and (rests.side, rests.price, rests.stop)) == (["order"], (1, ENTRY, 59_400.0))


def refuse(strategy: IStrategy, board: Board) -> None:
    strategy._board = board
    strategy._refuse(BTC, "long", f"too small, {SECRET}")


# What gets into the way of an entry, by the cause that is named.
TROUBLES: dict[str, Callable[[IStrategy, Board], Any]] = {
    "lock": lambda strategy, board: PairLocks.lock_pair("*", NOW + timedelta(hours=1), "by hand"),
    "state": lambda strategy, board: setattr(bot_of(strategy.dp), "state", State.PAUSED),
    "slots": lambda strategy, board: bot_of(strategy.dp).config.update(max_open_trades=0),
    "refused": refuse,
    "not_checked": lambda strategy, board: setattr(strategy, "wallets", None),
    "no_money": lambda strategy, board: setattr(strategy.wallets, "equity", 0.0),
}


@pytest.mark.parametrize("cause", TROUBLES)
def test_what_is_in_the_way_is_named(tmp_path: Path, cause: str) -> None:
    """With it there is no entry, and without it there is, whatever locks the other side."""
    strategy = running()
    board = board_of(strategy, tmp_path)
    PairLocks.lock_pair(BTC, NOW + timedelta(hours=1), "shorts", side="short")
    assert board_of(running(), tmp_path).now(NOW).pairs[0].enters == 1
    TROUBLES[cause](strategy, board)
    now = board.now(NOW)
    assert (causes(now), now.pairs[0].enters) == ([cause], 0)
    assert SECRET not in repr(now)


def test_alerts_alone_lack_no_slot(tmp_path: Path) -> None:
    """Their configuration allows no trade at all: 0 of 0 taken is no news."""
    block, messages = {"alerts_only": True, "htf_gate": False}, {"alerts": ["ob"]}
    strategy = running(runmode=RunMode.DRY_RUN, ict=block, ict_messages=messages)
    assert causes(board_of(strategy, tmp_path, max_open_trades=0).now(NOW)) == ["alerts_only"]


@pytest.mark.parametrize(("minutes", "cause"), [(1, []), (1.1, ["expired"]), (31, ["old_candles"])])
def test_a_signal_is_followed_for_a_minute(tmp_path: Path, minutes: float, cause: list[str]) -> None:
    """Freqtrade takes none that is older; candles that stand still are no news of the market."""
    board = board_of(running(), tmp_path)
    assert causes(board.now(NOW + timedelta(minutes=minutes))) == cause


def test_an_exchange_that_does_not_answer(tmp_path: Path) -> None:
    strategy = running()
    strategy._board = board = board_of(strategy, tmp_path)
    strategy._loop_failed()
    now = from_record(Now, json.loads(board.file.read_text()))
    board.begin()
    assert [one.health and one.health.answers for one in (now, board.now(NOW))] == [False, True]
    strategy.ft_bot_cleanup()
    assert not board.file.exists(), "a bot that ended in order is not one that fell silent"


def test_a_message_an_hour(tmp_path: Path, clock: time_machine.Traveller) -> None:
    """At the first loop of an hour, also after a restart; never where nobody asked."""
    for setting, moments in {"off": 0, "hourly": 2, "daily": 1}.items():
        told = []
        for minutes in (0, 1, 59, 60, 61):
            clock.move_to(NOW + timedelta(minutes=minutes))
            strategy = running(ict_messages={"now": setting})
            board_of(strategy, tmp_path).write()
            told += [text for text in strategy.dp._msg_queue if text.startswith("What now")]
        clock.move_to(NOW)
        assert len(told) == moments


def lines(folder: Path) -> list[list[str]]:
    texts = (folder / "journal-tradesv3.demo.jsonl").read_text().splitlines()
    return [[json.loads(text)[name] for name in ("side", "outcome", "reason")] for text in texts]


@pytest.mark.parametrize(("trouble", "line"), [
    (TROUBLES["lock"],
     ["long", "locked", "No entry: entries are locked until 2024-03-05 11:15 UTC (by hand)."]),
    (TROUBLES["slots"], ["long", "slots", "No entry: 0 of 0 open trades are taken."]),
    (refuse, ["long", "refused", "No entry: the signal was refused: too small, REDACTED."]),
    (lambda strategy, board: position(strategy), ["long", "traded", ""]),
])  # fmt: skip
def test_a_signal_is_noted_when_the_next_candle_has_come(
    tmp_path: Path, clock: time_machine.Traveller, trouble: Any, line: list[str]
) -> None:
    strategy = running()
    board = board_of(strategy, tmp_path)
    trouble(strategy, board)
    for minutes in (0, 2):  # the signal is old by then: what was in the way at first is the reason
        clock.move_to(NOW + timedelta(minutes=minutes))
        board.write()
    assert not (tmp_path / "journal-tradesv3.demo.jsonl").exists()
    clock.move_to(NOW + timedelta(minutes=15))
    step(strategy, no_signals(7), until=NOW + timedelta(minutes=15))
    board.write()
    board.write()
    assert lines(tmp_path) == [line]
    assert live_journal(tmp_path)["outcome"].tolist() == [line[1]]


def test_a_file_that_can_t_be_written_harms_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    strategy = running()
    board = board_of(strategy, tmp_path / "absent")
    board.write()
    board.write()
    assert caplog.text.count("could not be written") == 1
    assert Trade.get_open_trades() == []


@pytest.mark.parametrize(("answer", "spread"), [
    ({BTC: {"bid": 99.5, "ask": 100.0}}, 0.5),
    ({}, math.nan),
    ({BTC: {"bid": None, "ask": 100.0}}, math.nan),
])  # fmt: skip
def test_the_spread_is_the_books_or_not_known(answer: dict[str, Any], spread: float) -> None:
    exchange = SimpleNamespace(fetch_bids_asks=lambda cached: answer)
    assert _spread(exchange, BTC) == pytest.approx(spread, nan_ok=True)


@pytest.mark.parametrize(("answer", "hourly"), [
    ({BTC: {"fundingRate": 0.0008, "interval": None}}, 0.0001),
    ({BTC: {"fundingRate": -0.0008, "interval": "4h"}}, -0.0002),
    ({BTC: {"fundingRate": None}}, math.nan),
    ({}, math.nan),
])  # fmt: skip
def test_funding_is_the_exchanges_or_not_known(answer: dict[str, Any], hourly: float) -> None:
    """By eight hours where the exchange does not say them; asked once for all pairs."""
    asked: list[dict[str, Any]] = []
    exchange = SimpleNamespace(fetch_funding_rates=lambda: asked.append(answer) or answer)
    funding = Funding()
    rates = [funding.hourly(exchange, BTC) for _ in range(2)]
    assert rates == pytest.approx([hourly] * 2, nan_ok=True)
    assert len(asked) == 1
    funding._until = 0.0
    assert [math.isnan(one.hourly(None, BTC)) for one in (funding, Funding())] == [True] * 2, "no answer"


@pytest.mark.parametrize(("count", "hours"), [(9, 8.0), (10, 3.0)])
def test_trades_are_held_as_long_as_the_newest_were(count: int, hours: float) -> None:
    """Few closed trades say nothing: then it is the time from one funding to the next."""
    for number in range(count):
        trade, order = opened("long")
        order.order_id = str(number)
        trade.is_open, trade.close_date = False, trade.open_date + timedelta(hours=1 if number < 4 else 3)
        saved(trade)
    funding = Funding()
    funding.hourly(SimpleNamespace(fetch_funding_rates=dict), BTC)
    assert funding.held_hours == hours
