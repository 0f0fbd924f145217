"""ICT order blocks, fair value gaps and the desk that trades them: pure, causal, without Freqtrade."""

from ict.analysis import analyse
from ict.errors import CandleError, IctError, ParameterError
from ict.params import Params

__all__ = ["CandleError", "IctError", "ParameterError", "Params", "analyse"]
