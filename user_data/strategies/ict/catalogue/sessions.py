"""Columns of the time of day."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ict.catalogue.kinds import Group, Kind
from ict.catalogue.table import Column, Table
from ict.market.chart import Chart
from ict.market.sessions import KILL_ZONES, kill_zones


def _kill_zone(chart: Chart) -> npt.NDArray[np.object_]:
    names = np.array(["", *KILL_ZONES], dtype=np.object_)
    return names[kill_zones(chart.new_york)]


class SessionColumns(Table):
    """Which session trades."""

    kill_zone = Column(
        "ict_kill_zone", Kind.WORD, Group.SESSION, "KZ-1",
        "asia, london or new_york, by New York's clock", _kill_zone, words=tuple(KILL_ZONES),
    )  # fmt: skip
