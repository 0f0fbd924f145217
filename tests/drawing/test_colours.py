"""The language of colours holds on both themes and for whoever does not see all colours."""

from itertools import combinations

import numpy as np
import numpy.typing as npt
import pytest

from ict.drawing.colours import BEARISH, BULLISH, FILL, SPENT, Colour
from ict.drawing.marks import Look

# What FreqUI's chart is drawn on.
DARK, LIGHT = (23, 28, 30), (255, 255, 255)
# Viénot, Brettel and Mollon (1999): linear red, green and blue as somebody without red cones (protanopia)
# or without green ones (deuteranopia) sees them.
RGB_TO_LMS = np.array(
    [[17.8824, 43.5161, 4.11935], [3.45565, 27.1554, 3.86714], [0.0299566, 0.184309, 1.46709]]
)
MISSING_CONES = {
    "protanopia": np.array([[0, 2.02344, -2.52581], [0, 1, 0], [0, 0, 1]]),
    "deuteranopia": np.array([[1, 0, 0], [0.494207, 0, 1.24827], [0, 0, 1]]),
}
# ITU-R BT.709.
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
# WCAG 2.2, 1.4.11: lines and marks that carry a meaning.
LEAST_CONTRAST = 3.0

Linear = npt.NDArray[np.float64]


def linear(colour: Colour) -> Linear:
    """IEC 61966-2-1, undone."""
    value = np.array(colour) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def lab(light: Linear) -> Linear:
    """CIE 1976 L*a*b*, in which equal distances look about as different; D65."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = to_xyz @ np.clip(light, 0, 1) / np.array([0.9505, 1.0, 1.089])
    f = [v ** (1 / 3) if v > 216 / 24389 else (24389 / 27 * v + 16) / 116 for v in (x, y, z)]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def seen_by(eyes: str, light: Linear) -> Linear:
    """Leave of a colour what these eyes see."""
    return light if eyes == "normal" else np.linalg.inv(RGB_TO_LMS) @ MISSING_CONES[eyes] @ RGB_TO_LMS @ light


def apart(eyes: str, one: Colour, other: Colour) -> float:
    return float(np.linalg.norm(lab(seen_by(eyes, linear(one))) - lab(seen_by(eyes, linear(other)))))


def on(background: Colour, colour: Colour, alpha: float) -> Colour:
    return tuple(alpha * np.array(colour) + (1 - alpha) * np.array(background))


@pytest.mark.parametrize("background", [DARK, LIGHT])
@pytest.mark.parametrize("colour", [BULLISH, BEARISH, SPENT])
def test_lines_stand_out_on_both_themes(colour: Colour, background: Colour) -> None:
    lights = sorted(float(LUMINANCE @ linear(one)) for one in (colour, background))
    assert (lights[1] + 0.05) / (lights[0] + 0.05) >= LEAST_CONTRAST


@pytest.mark.parametrize("background", [DARK, LIGHT])
@pytest.mark.parametrize("eyes", ["normal", *MISSING_CONES])
def test_lines_and_fills_stay_apart_for_every_eye_on_both_themes(eyes: str, background: Colour) -> None:
    pairs = combinations((BULLISH, BEARISH, SPENT), 2)
    assert min(apart(eyes, *pair) for pair in pairs) >= 25
    for look in (Look.FRESH, Look.TOUCHED):
        fills = [on(background, colour, FILL[look]) for colour in (BULLISH, BEARISH)]
        fills.append(on(background, SPENT, FILL[Look.SPENT]))
        assert min(apart(eyes, *pair) for pair in combinations(fills, 2)) >= 8


def test_green_and_red_would_fail_here() -> None:
    """FreqUI's own candle colours, to somebody without green cones."""
    theirs = apart("deuteranopia", (38, 166, 154), (239, 83, 80))
    assert theirs < apart("deuteranopia", BULLISH, BEARISH) / 2
