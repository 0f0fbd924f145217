"""What funding an entry may expect: the exchange's rates, and for how long trades were held."""

from __future__ import annotations

import logging
import time
from statistics import median
from typing import Any

from freqtrade.exchange import timeframe_to_minutes

from ict_host.book import hours_held

logger = logging.getLogger(__name__)

# Rates are fetched as often as the spread, for all pairs at once.
SECONDS = 600.0
# With fewer closed trades, the time from one funding to the next.
LEAST_TRADES, USUAL_HOURS = 10, 8.0


class Funding:
    """Rates of all pairs, and the median time for which this bot's newest trades were held."""

    def __init__(self) -> None:
        self._until = -float("inf")
        self._rates: dict[str, Any] = {}
        self.held_hours = USUAL_HOURS

    def hourly(self, exchange: Any, pair: str) -> float:
        """Return what a long pays for an hour, ratio of the notional; below 0 it is paid to it.

        Parameters
        ----------
        exchange
            Freqtrade's.
        pair : str
            As Freqtrade names it.

        Returns
        -------
        float
            NaN where the exchange does not say it.
        """
        if time.monotonic() >= self._until:
            self._until = time.monotonic() + SECONDS
            self._learn(exchange)
        rate = self._rates.get(pair, {})
        hours = timeframe_to_minutes(rate.get("interval") or f"{USUAL_HOURS:g}h") / 60
        value = rate.get("fundingRate")
        return float("nan") if value is None else float(value) / hours

    def _learn(self, exchange: Any) -> None:
        self._rates = {}
        try:
            held = hours_held()
            self.held_hours = median(held) if len(held) >= LEAST_TRADES else USUAL_HOURS
            self._rates = exchange.fetch_funding_rates()
        except Exception as error:
            logger.debug("Funding rates are not known: %s", error)
