"""The product's strategy in Freqtrade as it comes, which the benchmark copies into a folder of strategies.

A backtest of ours hands its callbacks no copies of the trade and asks nothing where nothing can happen. Here
Freqtrade does all of it, as with any strategy, and makes the same trades.
"""

from typing import Any

from freqtrade.strategy import IStrategy
from ict_host.uncopied import CALLBACKS
from ICTObFvgStrategy import ICTObFvgStrategy


class AsItComes(ICTObFvgStrategy):
    """Trade as the product does, without what it spares Freqtrade."""

    # Each candle of a trade is looked at.
    should_exit = IStrategy.should_exit  # type: ignore[assignment]  # ours takes the rest as keywords

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        """Do what the product does; a loop of one's own lets Freqtrade walk over every candle."""
        super().bot_loop_start(*args, **kwargs)

    def ft_bot_start(self, **kwargs: Any) -> None:
        """Start, and have every callback's trade copied."""
        super().ft_bot_start(**kwargs)
        for callback in CALLBACKS:
            vars(self).pop(callback, None)
