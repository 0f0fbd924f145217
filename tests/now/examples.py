"""A bot's answer with everything in it, worked by hand."""

from datetime import UTC, datetime, timedelta
from math import nan

from ict.now.facts import (
    AccountNow,
    Away,
    Block,
    FactNow,
    HealthNow,
    LevelNow,
    LimitNow,
    MarketNow,
    Now,
    OrderNow,
    PairNow,
    SideNow,
    TradeNow,
    ZoneNow,
)

NOON = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)

MARKET = MarketNow(
    closed_at=NOON, price=100.0, atr=2.0, trends={"15m": 1, "4h": -1}, major_trend=0, session="london",
    zones=(
        ZoneNow(
            kind="ob", side=1, top=99.0, bottom=98.0, age_candles=12, touches=1,
            away=Away(price=-1.0, percent=-1.0, atr=-0.5),
        ),
    ),
    levels=(
        LevelNow(
            kind="day", side=1, price=104.0, age_candles=40, away=Away(price=4.0, percent=4.0, atr=2.0)
        ),
    ),
)  # fmt: skip
NO_BLOCK = Block(
    cause="no_trigger",
    about={
        "zones": ["ob"], "events": [], "rests": False, "nearest": "ob", "bottom": 98.0, "top": 99.0,
        "away_percent": -1.0,
    },
)  # fmt: skip
GATE = Block(cause="gate", about={"timeframe": "4h", "trend": -1, "must": False})
SCORE = Block(cause="threshold", about={"score": 2.0, "threshold": 4.0, "missing": ["htf", "ote"]})
FACTS = (
    FactNow(name="htf", use="points", points=2.0, holds=False),
    FactNow(name="ob", use="required", points=2.0, holds=True),
)


def side(direction: int, *blocks: Block, score: float = 2.0) -> SideNow:
    """Make one side of the setup, an entry at 99 that is stopped at 98."""
    return SideNow(
        side=direction, trigger=None if blocks else "ob", price=99.0, stop=98.0, cost_r=0.1, spread_r=0.02,
        funding_r=0.03 * direction, score=score, threshold=4.0, facts=FACTS, blocks=blocks,
    )  # fmt: skip


def pair(*sides: SideNow, signal: int = 0, blocks: tuple[Block, ...] = ()) -> PairNow:
    return PairNow(
        pair="BTC/USDT:USDT", timeframe="15m", market=MARKET, sides=sides, signal=signal, held_hours=4.5,
        blocks=blocks,
    )  # fmt: skip


WHOLE = Now(
    written_at=NOON, bot="desk", strategy="ICTObFvgStrategy", state="running", mode="play_money",
    prices="synthetic",
    pairs=(
        pair(side(1, NO_BLOCK, SCORE), side(-1, GATE)),
        PairNow(
            pair="ETH/USDT:USDT", timeframe="15m", market=None, blocks=(Block(cause="no_candles"),),
            order=OrderNow(side=1, price=99.0, stop=98.0, amount=2.0, placed_at=NOON),
            trade=TradeNow(
                side=-1, opened_at=NOON, entry=100.0, stop=101.0, target=nan, part=97.0, gain_r=1.5,
                amount=1.0,
            ),
        ),
    ),
    next_window=NOON + timedelta(hours=1),
    account=AccountNow(
        currency="USDT", equity=1000.0, open_risk=12.5, day_profit=-5.0, open_trades=2, max_open_trades=3.0,
        limits=(
            LimitNow(cause="daily_trades", used=2.0, allowed=5.0),
            LimitNow(cause="daily_loss", used=0.5, allowed=3.0),
        ),
        day_ends_at=NOON + timedelta(hours=12),
    ),
    health=HealthNow(
        looped_at=NOON, loop_seconds=0.25, answers=True, waiting=1, error="It failed.", error_at=NOON
    ),
)  # fmt: skip
