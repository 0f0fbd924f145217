"""Messages about the limits of the account (RISK-2 to RISK-7)."""

from dataclasses import dataclass
from datetime import datetime

from ict.desk.limits.facts import Cause
from ict.words.formatting import (
    level_text,
    message_text,
    number_text,
    percent_text,
    plain_text,
    ratio,
    signed_usdt_text,
    utc_text,
)
from ict.words.languages import WORDS, Language, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCapFacts:
    """The UTC day's caps (RISK-2), one of them reached, and when entries are allowed again.

    `day_lowest_usdt` is the lowest that the day's realised profit has been, which the cap goes by.
    """

    entries: int
    max_entries: int
    day_profit_usdt: float
    day_lowest_usdt: float
    day_start_equity_usdt: float
    max_loss_percent: float
    resumes_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitFacts:
    """A limit of the account that is reached (RISK-3 to RISK-7), and when entries are allowed again.

    `value` is what it goes by and `allowed` what is allowed: percent, for a losing streak trades, for the
    cost R. `resumes_at` is None where that is not a matter of time. Of open risk and cost `pair` is the
    entry's; of the cost also its prices in the quote currency, and the fees of its entry and exit, ratios
    of the notional.
    """

    limit: Cause
    pair: str
    value: float
    allowed: float
    resumes_at: datetime | None
    entry_price: float
    stop_price: float
    fees: tuple[float, float]


def day_cap_message(facts: DayCapFacts, language: Language) -> str:
    """Say that the UTC day's caps end its entries (RISK-2)."""
    words = WORDS[language]
    lost = max(-ratio(facts.day_lowest_usdt, facts.day_start_equity_usdt) * 100, 0.0)
    values = {
        "entries": f"{facts.entries} / {facts.max_entries}",
        "day": signed_usdt_text(facts.day_profit_usdt, words),
        "loss": f"{percent_text(lost, words)} / {percent_text(facts.max_loss_percent, words)}",
        "resumes": utc_text(facts.resumes_at),
    }
    return message_text(words["day_cap"], values, words)


def limit_message(facts: LimitFacts, language: Language) -> str:
    """Say that a limit of the account forbids entries (RISK-3 to RISK-7)."""
    words, values = WORDS[language], dict[str, str]()
    if facts.limit in ("open_risk", "cost"):
        values["pair"] = plain_text(facts.pair, words)
    if facts.limit == "cost":
        values["fees"] = " + ".join(number_text(fee * 100, "z,.4g", words, "%") for fee in facts.fees)
        values["stop"] = level_text(facts.stop_price, facts.entry_price, None, words)
    values[f"limit_of_{facts.limit}"] = " / ".join(
        _of_limit(number, facts.limit, words) for number in (facts.value, facts.allowed)
    )
    if facts.resumes_at is not None:
        values["resumes"] = utc_text(facts.resumes_at)
    return message_text(words[f"limit_{facts.limit}"], values, words)


def _of_limit(number: float, limit: Cause, words: Words) -> str:
    if limit == "losing_streak":
        return number_text(number, "g", words)
    return number_text(number, ".2f", words, "R") if limit == "cost" else percent_text(number, words)
