"""A part that is closed at the first pool, the rest at the next one (EXIT-5, TGT-1): the hooks."""

import pytest
from freqtrade.strategy.interface import IStrategy
from ict_host.entry import IctEntry
from ict_host.records import LEVELS_KEY
from ict_host.signals import Signals

from ict.desk.levels import Levels
from tests.strategy.host import ENTRY, ready, saved
from tests.strategy.test_levels import both_sides, entered, target
from tests.strategy.test_moved_stops import at_r, wanted

BLOCK = {"partial_exit_at": "liquidity", "partial_exit_percent": 30.0, "target_at": "liquidity"}


def aiming(side: str, pools: list[float], monkeypatch: pytest.MonkeyPatch) -> IStrategy:
    """Load a strategy whose signal sees pools at some multiples of R."""
    levels = [at_r(side, pool) for pool in pools]
    monkeypatch.setattr(Signals, "draws_at", lambda self, row, direction: levels)
    monkeypatch.setattr(IctEntry, "_higher_candles", lambda self, pair, params: {})
    return ready(side, BLOCK)


@both_sides
@pytest.mark.usefixtures("book")
def test_a_part_is_closed_at_the_first_pool_also_after_a_restart(
    side: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    trade = entered(strategy := aiming(side, [0.5, 0.8, 2.5], monkeypatch), side)
    assert trade.get_custom_data(LEVELS_KEY)["part"] == at_r(side, 0.5)
    assert target(strategy, trade) == pytest.approx(at_r(side, 2.5), abs=0.1)
    for bot in (strategy, aiming(side, [0.2, 9.0], monkeypatch)):
        assert wanted(bot, trade, at_r(side, 0.49)) is None
        change = wanted(bot, trade, at_r(side, 0.5))
        assert change is not None
        assert -change * trade.amount / trade.stake_amount == pytest.approx(0.003)


@pytest.mark.usefixtures("book")
def test_a_record_without_a_part_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A trade that an older version has opened: it keeps its target, and is closed whole."""
    trade = entered(aiming("long", [0.5, 2.5], monkeypatch), "long")
    old = {"schema": 1, "entry": ENTRY, "stop": ENTRY - 600, "target": ENTRY + 1200}
    trade.set_custom_data(LEVELS_KEY, old)
    saved(trade)
    bot = aiming("long", [0.5, 2.5], monkeypatch)
    assert bot._levels.of(trade) == Levels(ENTRY, ENTRY - 600, ENTRY + 1200, None)
    assert wanted(bot, trade, at_r("long", 1.9)) is None
