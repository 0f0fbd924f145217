"""A synthetic market, with the properties of real ones that a strategy's tests need.

Clustered volatility, fat tails, jumps, trends, busy and quiet hours, correlated coins; mark price and funding
follow from these. No result on it says anything about a real market.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.random import Generator, SeedSequence, default_rng

from loopback.market import processes
from loopback.market.candles import Candles, FloatArray
from loopback.market.intervals import DAY_MS, HOUR_MS, LENGTH_MS, IntArray
from loopback.market.source import Funding, Kind, Market
from loopback.symbols import SPECS, SymbolSpec, is_numbered

LOWEST = "5m"
FUNDING_MS = 8 * HOUR_MS
DEFAULT_SYMBOLS = ("BTCUSDT", "ETHUSDT", "LTCUSDT")

_DAY = DAY_MS // LENGTH_MS[LOWEST]
_YEAR = 365 * _DAY
_DRIFTS = np.array([-0.03, 0.0, 0.0, 0.03])
# Reversion to the first price, weak over days and noticeable over months: without it a price would leave the
# range in which the contract's tick and limits make sense.
_PULL = float(np.exp(-1 / (120 * _DAY)))
_JUMP_CHANCE = 0.7 / _DAY
_JUMP_DEVIATIONS = 5.0
_MARK_DIGITS = 8
_INTEREST = 0.0001
_FUNDING_BAND = 0.0005
_RATE_DIGITS = 8


@dataclass(frozen=True)
class _Character:
    """A coin's first price (USDT), yearly volatility, common factor's weight, daily volume (base coin)."""

    price: float
    volatility: float
    tie: float
    daily_volume: float


_CHARACTERS = {
    "BTCUSDT": _Character(42_000.0, 0.55, 0.90, 250_000),
    "ETHUSDT": _Character(2_300.0, 0.70, 0.85, 3_000_000),
    "LTCUSDT": _Character(72.0, 0.85, 0.75, 6_000_000),
    "SOLUSDT": _Character(95.0, 1.00, 0.75, 20_000_000),
    "BNBUSDT": _Character(310.0, 0.65, 0.75, 900_000),
    "XRPUSDT": _Character(0.55, 0.85, 0.70, 900_000_000),
    "ADAUSDT": _Character(0.5, 0.90, 0.75, 1_600_000_000),
    "LINKUSDT": _Character(14.0, 0.90, 0.75, 48_000_000),
    "AVAXUSDT": _Character(35.0, 1.00, 0.75, 18_000_000),
    "DOTUSDT": _Character(7.0, 0.85, 0.75, 80_000_000),
    "TRXUSDT": _Character(0.12, 0.60, 0.60, 4_400_000_000),
    "ATOMUSDT": _Character(9.0, 0.85, 0.70, 48_000_000),
    "UNIUSDT": _Character(8.0, 0.90, 0.70, 52_000_000),
    "APTUSDT": _Character(9.0, 1.00, 0.70, 44_000_000),
    "ARBUSDT": _Character(1.2, 1.00, 0.70, 320_000_000),
    "NEARUSDT": _Character(4.0, 1.00, 0.70, 184_000_000),
    "FILUSDT": _Character(5.5, 0.95, 0.70, 64_000_000),
    "SUIUSDT": _Character(1.4, 1.10, 0.70, 248_000_000),
    "AAVEUSDT": _Character(95.0, 0.90, 0.70, 3_600_000),
    "1000PEPEUSDT": _Character(0.0125, 1.30, 0.65, 26_400_000_000),
    "USDCUSDT": _Character(1.0, 0.003, 0.0, 120_000_000),
    "ONTUSDT": _Character(0.25, 0.80, 0.60, 8_000_000),
    "BLURUSDT": _Character(0.05, 1.20, 0.60, 7_200_000_000),
}
# Of a contract without a real coin; each still has its own candles.
_NUMBERED = _Character(14.0, 0.90, 0.70, 48_000_000)


@dataclass(frozen=True)
class _Made:
    last: Candles
    mark: Candles
    funding: Funding


class SyntheticMarket(Market):
    """Seeded random candles of several contracts, made at 5 minutes and aggregated from there.

    The same seed and start give the same candles for any end.

    Parameters
    ----------
    start_ms, end_ms
        Time covered in milliseconds UTC, the end exclusive; both whole days.
    seed
        Seed of the whole market.
    symbols
        Contracts to make.

    Raises
    ------
    ValueError
        If the days are not whole or not in order, or a contract is unknown.
    """

    def __init__(
        self, start_ms: int, end_ms: int, seed: int = 1, symbols: Iterable[str] = DEFAULT_SYMBOLS
    ) -> None:
        super().__init__()
        if start_ms % DAY_MS or end_ms % DAY_MS or start_ms >= end_ms:
            raise ValueError(
                f"start and end must be whole days in order, were {_day(start_ms)} and {_day(end_ms)}"
            )
        self._symbols = tuple(symbols)
        if unknown := {name for name in self._symbols if not (name in _CHARACTERS or is_numbered(name))}:
            raise ValueError(
                f"symbols must be among {', '.join(_CHARACTERS)}, was {', '.join(sorted(unknown))}"
            )
        self._times: IntArray = np.arange(start_ms, end_ms, LENGTH_MS[LOWEST], dtype=np.int64)
        self._end_ms = end_ms
        self._seed = seed
        self._made: dict[str, _Made] = {}

    @property
    def symbols(self) -> tuple[str, ...]:
        """The contracts made."""
        return self._symbols

    def describe(self) -> str:
        """Say what is served, and that it is synthetic."""
        days = f"{_day(int(self._times[0]))} to {_day(self._end_ms)}"
        return f"SYNTHETIC candles of {', '.join(self._symbols)}, seed {self._seed}, {days}"

    def funding(self, symbol: str) -> Funding:
        """Return the synthetic funding rates, one every eight hours."""
        return self._of(symbol).funding

    def lowest(self, symbol: str, kind: Kind) -> str | None:
        """Return 5 minutes, or None for a contract that is not made."""
        return LOWEST if symbol in self._symbols else None

    def load(self, symbol: str, kind: Kind, interval: str) -> Candles | None:
        """Make the candles of 5 minutes; all others are aggregated."""
        if interval != LOWEST:
            return None
        made = self._of(symbol)
        return made.mark if kind is Kind.MARK else made.last

    def _of(self, symbol: str) -> _Made:
        if symbol not in self._made:
            self._made[symbol] = self._make_symbol(symbol)
        return self._made[symbol]

    def _make_symbol(self, symbol: str) -> _Made:
        spec, character = SPECS[symbol], _CHARACTERS.get(symbol, _NUMBERED)
        own = _generators(self._seed, zlib.crc32(symbol.encode()))
        shocks, volatility = self._movement(own, character)
        last = self._last(own, spec, character, shocks * volatility, volatility)
        premium = processes.wandering(own[5], len(self._times), persistence=0.997, deviation=0.0005)
        return _Made(last, _mark(last, premium), self._funding(premium))

    def _movement(self, own: list[Generator], character: _Character) -> tuple[FloatArray, FloatArray]:
        """Return each candle's shock, in standard deviations, and its standard deviation as a log return."""
        common = _generators(self._seed, 0)
        count, tie = len(self._times), character.tie
        shocks = tie * _shocks(common, count) + np.sqrt(1 - tie**2) * _shocks(own, count)
        mood = tie * _mood(common, count) + np.sqrt(1 - tie**2) * _mood(own, count)
        usual = character.volatility / np.sqrt(_YEAR) * processes.activity(self._times)
        return shocks, usual * np.exp(mood)

    def _last(
        self,
        own: list[Generator],
        spec: SymbolSpec,
        character: _Character,
        returns: FloatArray,
        volatility: FloatArray,
    ) -> Candles:
        """Turn log returns into candles on the contract's grid."""
        tick = float(spec.tick)
        floor = np.log(max(float(spec.min_price), 10 * tick))
        ends = np.maximum(np.log(character.price) + processes.fading_sum(returns, _PULL), floor)
        begins = np.concatenate(([np.log(character.price)], ends[:-1]))
        # Where the shock is one jump, the path is calmer than the candle's volatility: wicks stay in
        # proportion.
        top, bottom = processes.extremes(own[4], begins, ends, volatility)
        opened, high, low, close = (_on_grid(np.exp(log), tick) for log in (begins, top, bottom, ends))
        volume = self._volume(own[6], spec, character, np.abs(returns) / volatility)
        high, low = np.maximum.reduce([opened, high, close]), np.minimum.reduce([opened, low, close])
        return Candles(LOWEST, self._times, opened, high, low, close, volume)

    def _volume(
        self, random: Generator, spec: SymbolSpec, character: _Character, surprise: FloatArray
    ) -> FloatArray:
        """Return volumes that grow with the hour's activity and with the size of the move."""
        usual = character.daily_volume / _DAY * processes.activity(self._times) ** 2
        noise = processes.wandering(random, len(self._times), persistence=0.9, deviation=0.5)
        return np.maximum(
            _on_grid(usual * np.exp(noise) * (0.4 + surprise), float(spec.step)), float(spec.step)
        )

    def _funding(self, premium: FloatArray) -> Funding:
        """Return Binance's funding formula over each eight hours' mean premium, due at their end."""
        per_period = FUNDING_MS // LENGTH_MS[LOWEST]
        mean = premium.reshape(-1, per_period).mean(axis=1)
        due = np.concatenate(([_INTEREST], mean[:-1]))
        rate = due + np.clip(_INTEREST - due, -_FUNDING_BAND, _FUNDING_BAND)
        return Funding(self._times[::per_period], np.round(rate, _RATE_DIGITS))


def _generators(seed: int, stream: int) -> list[Generator]:
    """Return independent generators, one a process."""
    return [default_rng(child) for child in SeedSequence([seed, stream]).spawn(8)]


def _shocks(random: list[Generator], count: int) -> FloatArray:
    trend = processes.regimes(random[0], count, _DAY // 2, 2 * _DAY, _DRIFTS)
    jumps = processes.jumps(random[1], count, _JUMP_CHANCE, _JUMP_DEVIATIONS)
    return trend + jumps + processes.fat_tailed(random[2], count)


def _mood(random: list[Generator], count: int) -> FloatArray:
    """Return the logarithm of the volatility's multiple: waves of days and of an hour."""
    slow = processes.wandering(random[3], count, persistence=0.9985, deviation=0.4)
    fast = processes.wandering(random[7], count, persistence=0.93, deviation=0.2)
    # The logarithm of a mean square is above the mean of the logarithm by the variance.
    return slow + fast - (0.4**2 + 0.2**2)


def _mark(last: Candles, premium: FloatArray) -> Candles:
    """Return mark prices: the last prices without their premium, on a grid of eight digits."""
    fair = 1 - premium
    close = last.close * fair
    opened = np.concatenate((last.open[:1], close[:-1]))
    high = np.maximum.reduce([opened, last.high * fair, close])
    low = np.minimum.reduce([opened, last.low * fair, close])
    columns = (np.round(column, _MARK_DIGITS) for column in (opened, high, low, close, np.zeros(len(last))))
    return Candles(LOWEST, last.open_ms, *columns)


def _on_grid(values: FloatArray, step: float) -> FloatArray:
    # Dividing by the whole number 1 / step gives the double nearest to the decimal; multiplying by step does
    # not.
    return np.round(values / step) / round(1 / step)


def _day(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms / 1000, UTC).isoformat(sep=" ", timespec="minutes")[:16]
