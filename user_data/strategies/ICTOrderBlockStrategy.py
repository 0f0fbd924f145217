"""The product's first version: the order block alone, whatever the higher timeframe does."""

from ICTObFvgStrategy import ICTObFvgStrategy

from ict import Params


class ICTOrderBlockStrategy(ICTObFvgStrategy):
    """Trade every retest of an order block."""

    preset = Params(entry_threshold=2.0, htf_gate=False)
