"""Why Freqtrade must not start, in the language that the messages are in."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from freqtrade.exceptions import OperationalException

from ict.errors import IctError
from ict.words.sentences import translated
from ict.words.settings import language_of


def start_error(config: Mapping[str, Any], *faults: object) -> OperationalException:
    """Make the error that ends a start: Freqtrade logs its text and stops."""
    return OperationalException(spoken(config, *faults))


@contextmanager
def refusing(config: Mapping[str, Any], error: type[Exception] = IctError) -> Iterator[None]:
    """Make an error of ours the end of a start."""
    try:
        yield
    except error as fault:
        raise start_error(config, fault) from fault


def spoken(config: Mapping[str, Any], *faults: object) -> str:
    """Return faults, a sentence each, in the language of a configuration."""
    language = language_of(config)
    return "; ".join(translated(str(fault), language) for fault in faults)
