"""The product's first version: the order block alone, whatever the higher timeframe does."""

from ict_host.parameters import parameter
from ICTObFvgStrategy import ICTObFvgStrategy


class ICTOrderBlockStrategy(ICTObFvgStrategy):
    """Trade every retest of an order block."""

    entry_threshold = parameter("entry_threshold", 2.0)
    htf_gate = parameter("htf_gate", False)
