"""The product on another process's analysis: see consumer.json, and ict_host.consumer for what it checks.

For another preset write the same two lines over it; producer and consumer must trade the same one.
"""

from ict_host.consumer import FromProducer
from ICTObFvgStrategy import ICTObFvgStrategy


class ICTConsumerStrategy(FromProducer, ICTObFvgStrategy):  # type: ignore[misc]
    """Trade what ICTObFvgStrategy trades, as a producer with that strategy has analysed it."""
