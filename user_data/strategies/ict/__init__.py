"""ICT order blocks, fair value gaps and the desk that trades them: pure, causal, without Freqtrade."""

from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ict.analysis import analyse
    from ict.errors import CandleError, IctError, ParameterError
    from ict.params import Params

# The version of all that ships: CHANGELOG.md says what changed.
__version__ = "0.2.0"

__all__ = ["CandleError", "IctError", "ParameterError", "Params", "__version__", "analyse"]

_HOMES = {"analyse": "analysis", "Params": "params"}


def __getattr__(name: str) -> Any:
    """Import a name on first use: `make now` on a running bot needs neither pandas nor TA-Lib."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return resolve_name(f"{__name__}.{_HOMES.get(name, 'errors')}:{name}")
