"""Fixtures: candles, the exchange that answers for Binance, scratch folders, a dask scheduler."""

from collections.abc import Callable, Iterator
from pathlib import Path

import dask
import pytest
from ict_lab.walkforward import cluster

from tests.strategy.conftest import datadir, exchange_overlay, workplaces
from tests.support.patience import PATIENCE
from tests.support.places import NOWHERE
from tests.walkforward.machines import Machines
from tests.walkforward.stand_in import Scene

__all__ = ["datadir", "exchange_overlay", "workplaces"]


@pytest.fixture(scope="module", autouse=True)
def _patience() -> Iterator[None]:
    """Let dask wait, here and in the processes that are started; no exchange answers."""
    limit = {"distributed.comm.timeouts.connect": f"{PATIENCE:.0f}s"}
    with pytest.MonkeyPatch.context() as patch, dask.config.set(limit):
        patch.setattr(cluster, "PATIENCE_SECONDS", PATIENCE)
        patch.setenv("HTTPS_PROXY", NOWHERE)
        patch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", f"{PATIENCE:.0f}s")
        yield


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    """Start a scheduler and workers as processes that know nothing of this project; end them all."""
    with Machines(tmp_path / "machines") as started:
        yield started


@pytest.fixture
def scenes(tmp_path: Path) -> Callable[..., Scene]:
    """Make a walk-forward's surroundings with a stand-in for Freqtrade."""

    def make(name: str = "scene", **behaviour: object) -> Scene:
        return Scene.make(tmp_path / name, behaviour)

    return make
