"""A running bot's journal: a line a signal and what became of it, beside the file of `ict_host.board`."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from ict.now.facts import PairNow
from ict.now.sentences import reason
from ict_host.sides import NAMES

# What Freqtrade did not ask about, by what was in the way; anything else that was is a refusal.
_SWALLOWED = {
    "open_trade": "open_trade", "order": "open_trade", "lock": "locked", "slots": "slots",
    "expired": "missed", "state": "missed", "old_candles": "missed", "alerts_only": "missed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SignalLine:
    """One signal: `signal_date` is its candle's close, `outcome` as of a backtest's journal, or missed."""

    pair: str
    signal_date: str
    side: str
    tag: str
    outcome: str
    reason: str


class SignalLog:
    """Writes a line when the next candle of a pair has come: until then an order may still be placed.

    Parameters
    ----------
    file : Path
        Lines are added to it.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._newest: dict[str, SignalLine] = {}

    def look(self, pair: PairNow, tag: str | None) -> None:
        """Look at a pair at the end of a loop."""
        if pair.market is None:
            return
        closed_at, before = pair.market.closed_at.isoformat(), self._newest.get(pair.pair)
        if before is not None and before.signal_date != closed_at:
            self._add(self._newest.pop(pair.pair))
            before = None
        # The first obstacle is the reason, whatever came later; except for a trade.
        if pair.signal and (before is None or _became(pair) == "traded"):
            outcome = _became(pair)
            why = "" if outcome in ("traded", "placed") else reason(pair, "en")
            self._newest[pair.pair] = SignalLine(
                pair.pair, closed_at, NAMES[pair.signal], tag or "", outcome, why
            )

    def _add(self, line: SignalLine) -> None:
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(line), ensure_ascii=False) + "\n")


def _became(pair: PairNow) -> str:
    """Say what became of the newest candle's signal so far."""
    closed_at = pair.market.closed_at if pair.market else None
    if (
        pair.trade
        and closed_at
        and (pair.trade.side, pair.trade.opened_at >= closed_at) == (pair.signal, True)
    ):
        return "traded"
    if (
        pair.order
        and closed_at
        and (pair.order.side, pair.order.placed_at >= closed_at) == (pair.signal, True)
    ):
        return "placed"
    if not pair.blocks:
        return "missed"
    return _SWALLOWED.get(pair.blocks[0].cause, "refused")
