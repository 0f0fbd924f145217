"""What Freqtrade only logs although it concerns money."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A line that Freqtrade writes to its log alone although it concerns money.

    Attributes
    ----------
    logger
        Who writes it; also the module whose source has it.
    text
        How it begins; ``{}`` is what is filled in.
    """

    logger: str
    text: str


_FREQTRADEBOT, _INTERFACE = "freqtrade.freqtradebot", "freqtrade.strategy.interface"
_OF_EXCHANGE, _TRADE_MODEL = "freqtrade.exchange.exchange", "freqtrade.persistence.trade_model"
WORKER = "freqtrade.worker"
# No failure: an exchange may end a stop with its position, and the comparison reports one that is left.
STOP_IS_GONE = Line(_FREQTRADEBOT, "Could not cancel stoploss order")
LINES = (
    # Orders that were refused, or could not be placed, moved or cancelled.
    Line(_FREQTRADEBOT, "Unable to create trade"),
    Line(_FREQTRADEBOT, "Unable to exit trade"),
    Line(_FREQTRADEBOT, "Unable to place"),
    Line(_FREQTRADEBOT, "Unable to handle stoploss"),
    Line(_FREQTRADEBOT, "Unable to emergency exit"),
    Line(_FREQTRADEBOT, "Unable to adjust position of trade"),
    Line(_FREQTRADEBOT, "Could not create trailing stoploss"),
    Line(_FREQTRADEBOT, "All Stoploss orders are cancelled, but unable to recreate one."),
    Line(_FREQTRADEBOT, "Could not cancel {} order"),
    Line(_FREQTRADEBOT, "Order {} for {} not cancelled"),
    Line(_FREQTRADEBOT, "{} {} order with time in force {} for {} is {} by {}."),
    Line(_FREQTRADEBOT, "Emergency exiting trade"),
    Line(_OF_EXCHANGE, "Could not cancel order {} for {}."),
    Line(_OF_EXCHANGE, "Could not fetch cancelled order"),
    Line(_OF_EXCHANGE, "Could not fetch cancelled stoploss order"),
    # What became of an order, or of a position, is not known
    Line(_FREQTRADEBOT, "Unable to fetch stoploss order"),
    Line(_FREQTRADEBOT, "Unable to fetch order"),
    Line(_FREQTRADEBOT, "Error updating"),
    Line(_FREQTRADEBOT, "Error finding onexchange order"),
    Line(_FREQTRADEBOT, "Not enough {} in wallet to exit"),
    Line(_FREQTRADEBOT, "{} has a total of {} {}, but the Wallet shows a total of {} {}."),
    Line(_FREQTRADEBOT, "Trade only had fully canceled entry orders. Removing {} from database."),
    Line(_FREQTRADEBOT, "Order {} has no trade attached."),
    Line(_FREQTRADEBOT, "Orderid for trade {} is empty."),
    Line(_TRADE_MODEL, "{} is not a valid response object."),
    Line(_TRADE_MODEL, "Did not find order for"),
    # Figures that a profit or a stop is made of
    Line(_FREQTRADEBOT, "Could not update trade amount"),
    Line(_OF_EXCHANGE, "Could not update funding fees for"),
    Line("freqtrade.leverage.liquidation_price", "Unable to calculate liquidation price"),
    # No entries, or late ones
    Line(_INTERFACE, "Outdated history for pair"),
    Line(_INTERFACE, "Empty candle (OHLCV) data for pair"),
    Line(_INTERFACE, "Empty dataframe for pair"),
    Line(_INTERFACE, "Unable to analyze candle (OHLCV) data for pair"),
    Line(_INTERFACE, "Unable to get latest candle (OHLCV) data for pair"),
    Line(_FREQTRADEBOT, "Strategy analysis took {}s, more than 25% of the timeframe"),
    Line(_OF_EXCHANGE, "Could not load markets."),
    # The loop or a callback of ours failed, or the end of the bot
    Line(WORKER, "Error: {}, retrying in {} seconds..."),
    Line("freqtrade.strategy.strategy_wrapper", "{}Strategy caused the following exception: {} in"),
    Line("freqtrade.strategy.strategy_wrapper", "{}Unexpected error {} calling"),
    Line(_FREQTRADEBOT, "Exception during cleanup: {}"),
)
