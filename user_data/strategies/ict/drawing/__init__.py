"""Patterns and open trades as shapes on Freqtrade's chart."""

from ict.drawing.picture import draw
from ict.drawing.position import Position
from ict.drawing.settings import DrawingSettings

__all__ = ["DrawingSettings", "Position", "draw"]
