"""What a checked run should obey."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """The rulebook's defaults of what these tests vary, and the MVP's entry: the order block alone.

    `entry` says what is traded: ``block`` (SIG-2), ``reversal`` (REV-1 at the break) or ``retest``.
    """

    min_body_ratio: float = 0.7
    stop_buffer: float = 0.002
    risk_reward: float = 2.0
    risk_per_trade_percent: float = 1.0
    max_position_percent: float = 10.0
    max_daily_loss_percent: float = 3.0
    max_daily_trades: int = 5
    position_leverage: int = 1
    entry: str = "block"
    entry_threshold: float = 2.0
    htf_gate: bool = False
    htf_must_agree: bool = False
    second_trend_timeframe: str = "none"
    max_volatility_percentile: float = 100.0
    min_stop_atr: float = 0.0
    min_stop_costs: float = 2.0
    max_chase_r: float = 0.5
    trail_timeframe: str = "none"
    break_even_at_r: float = 0.0
    partial_exit_at_r: float = 0.0
    max_hold_candles: int = 0
    max_open_risk_percent: float = 100.0
    max_weekly_loss_percent: float = 100.0
    max_drawdown_percent: float = 100.0
    drawdown_days: int = 30
    max_losing_streak: int = 0
    streak_pause_hours: float = 24.0
    max_cost_r: float = 0.0
    entry_windows: tuple[str, ...] = ()
    entry_weekdays: tuple[str, ...] = ()
