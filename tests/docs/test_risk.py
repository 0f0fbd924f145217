"""docs/risk.md: each row's example, by the code."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ict_lab.docs.commands import read

from ict import Params
from ict.desk.limits.account import limit_reached
from ict.desk.limits.facts import Account, Close, OpenRisk, TradeFact
from tests.docs.markdown import table_with
from tests.support.places import REPOSITORY as ROOT

ROWS = {(row[0], row[1]): row for row in table_with(read(ROOT / "docs" / "risk.md"), "rule")}
# A Thursday; the page's equity at every start that is asked for.
NOW, EQUITY = datetime(2026, 1, 8, 10, 0, tzinfo=UTC), 10_000.0
TODAY = NOW - timedelta(hours=5)
TINY = OpenRisk(50_000.0, 49_500.0, 1e-6, 1)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 1, day, hour, minute, tzinfo=UTC)


def lost(*closes: tuple[datetime, float]) -> TradeFact:
    return TradeFact(at(1, 0), tuple(Close(*close) for close in closes))


def account(now: datetime = NOW, **given: Any) -> Account:
    known: dict[str, Any] = {
        "equity": EQUITY, "equity_at": lambda start: EQUITY, "share": 1.0, "trades": (), "results": (),
        "open_risks": (), "entry": TINY, "fees": (0.0005, 0.0005), "candle": timedelta(minutes=15), **given,
    }  # fmt: skip
    return Account(now=now, **known)


def losers(*closes: datetime, win: datetime | None = None) -> tuple[Close, ...]:
    """List losing trades and one that won, the newest first."""
    won = [Close(win, 1.0)] if win else []
    return tuple(sorted([*won, *(Close(close, -1.0) for close in closes)], reverse=True))


TUESDAY = [at(5, 9), at(5, 20), at(6, 3), at(6, 9, 30)]
OPEN = (OpenRisk(60_000.0, 56_000.0, 0.02, 1), OpenRisk(3_000.0, 3_000.0, 2.0, 1))
MONTH = [(at(2, 9), 600.0), (at(3, 14, 45), -1_100.0)]
EXAMPLES = [
    ("`max_daily_trades` 5", account(trades=(*[TradeFact(TODAY)] * 4, TradeFact(None))), "daily_trades"),
    ("`max_daily_trades` 5", account(trades=(TradeFact(TODAY),) * 4), None),
    ("`max_daily_loss_percent` 3",
     account(trades=(lost((at(8, 1), -180.0), (at(8, 2), 60.0), (at(8, 3), -190.0), (at(8, 4), 200.0)),)),
     "daily_loss"),
    ("`max_weekly_loss_percent` 5", account(trades=(lost((at(5, 9), -220.0), (at(7, 9), -290.0)),)),
     "weekly_loss"),
    ("`max_drawdown_percent` 10, `drawdown_days` 30", account(trades=(lost(*MONTH),)), "drawdown"),
    ("`max_drawdown_percent` 10, `drawdown_days` 30", account(trades=(lost(*MONTH, (at(7, 9), 40.0)),)),
     None),
    ("`max_losing_streak` 4, `streak_pause_hours` 24", account(at(7, 9, 15), results=losers(*TUESDAY)),
     "losing_streak"),
    ("`max_losing_streak` 4, `streak_pause_hours` 24", account(at(7, 9, 30), results=losers(*TUESDAY)), None),
    ("`max_losing_streak` 4, `streak_pause_hours` 24",
     account(at(7, 15), results=losers(*TUESDAY, at(7, 12))), "losing_streak"),
    ("`max_losing_streak` 4, `streak_pause_hours` 24",
     account(at(7, 15), results=losers(*TUESDAY, at(7, 14), win=at(7, 12))), None),
    ("`max_open_risk_percent` 2", account(open_risks=OPEN, entry=OpenRisk(3_000.0, 2_870.0, 1.0, 1)),
     "open_risk"),
    ("`max_open_risk_percent` 2", account(open_risks=OPEN, entry=OpenRisk(3_000.0, 2_890.0, 1.0, 1)), None),
    ("`max_cost_r` 0.25", account(entry=OpenRisk(50_000.0, 49_875.0, 1e-6, 1)), "cost"),
    ("`max_cost_r` 0.25", account(entry=OpenRisk(50_000.0, 49_700.0, 1e-6, 1)), None),
]  # fmt: skip


@pytest.mark.parametrize(("setting", "known", "cause"), EXAMPLES)
def test_an_example_is_what_the_code_does(setting: str, known: Account, cause: str | None) -> None:
    """Each with its own limit and the two that are always on."""
    values = {}
    for part in setting.split(", "):
        name, number = part.replace("`", "").split()
        values[name] = type(getattr(Params(), name))(number)
    reached = limit_reached(known, Params(**values))
    assert (reached.cause if reached else None) == cause


def test_every_row_has_its_example() -> None:
    assert {setting for _, setting in ROWS} == {setting for setting, _, _ in EXAMPLES}
