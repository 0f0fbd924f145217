"""What an entry costs, known before it is made: the fees of both sides, and funding, in R."""


def fees_in_r(entry: float, stop: float, fees: tuple[float, float]) -> float:
    """Fees of an entry and of its stop, in R: infinite where there is no distance between them (RISK-7).

    Parameters
    ----------
    entry, stop : float
        Prices, in the quote currency.
    fees : tuple[float, float]
        Of entry and exit, ratios of the notional.
    """
    paid, risk = fees[0] * entry + fees[1] * stop, abs(entry - stop)
    return paid / risk if risk else float("inf")


def funding_in_r(entry: float, stop: float, funding: float) -> float:
    """Funding of a position, in R: paid, or below 0 received; NaN where it has no risk.

    Parameters
    ----------
    entry, stop : float
        Prices, in the quote currency; a short's stop is above its entry.
    funding : float
        What a long pays while it is held, ratio of the notional.
    """
    risk = entry - stop
    return funding * entry / risk if risk else float("nan")
