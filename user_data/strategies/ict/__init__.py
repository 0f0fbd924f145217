"""ICT order blocks, fair value gaps and the desk that trades them: pure, causal, without Freqtrade."""

from ict.analysis import analyse
from ict.errors import CandleError, IctError, ParameterError
from ict.params import Params

# The version of all that ships: CHANGELOG.md says what changed.
__version__ = "0.2.0"

__all__ = ["CandleError", "IctError", "ParameterError", "Params", "__version__", "analyse"]
