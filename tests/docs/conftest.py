"""Fixture: strategies that a test loads are gone after it."""

import sys
from collections.abc import Iterator

import pytest

from tests.support.places import REPOSITORY as ROOT

SHIPPED = [path.stem for path in (ROOT / "user_data" / "strategies").glob("*.py")]


@pytest.fixture(autouse=True)
def _own_process() -> Iterator[None]:
    """Let no test see another's strategy: Freqtrade loads one in a process."""
    yield
    for name in (*SHIPPED, "KillZoneStrategy", "SweepStrategy"):
        sys.modules.pop(name, None)
