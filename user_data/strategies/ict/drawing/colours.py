"""The colours: blue is bullish, orange is bearish, grey is spent; a fainter fill is touched.

Blue and orange differ for every kind of colour blindness, unlike green and red. All three are about
as far from black as from white, so that they show on both of FreqUI's themes. The sign in a label repeats the
side, for anyone who sees no colours at all.
"""

from __future__ import annotations

from ict.drawing.marks import Look

Colour = tuple[int, int, int]

BULLISH: Colour = (42, 120, 214)
BEARISH: Colour = (204, 92, 0)
SPENT: Colour = (125, 125, 125)
# Of a trade: its target is a gain and its stop a loss, on both sides.
GAIN, LOSS = BULLISH, BEARISH
# Of a message that is neither.
ACCENT: Colour = (140, 98, 178)

# Opacity of an area's fill, by the state of its mark.
FILL = {Look.FRESH: 0.42, Look.TOUCHED: 0.24, Look.SPENT: 0.14}


def colour_of(direction: int, look: Look) -> Colour:
    """Colour of a mark: its side's while it is live, then grey."""
    if look is Look.SPENT:
        return SPENT
    return BULLISH if direction > 0 else BEARISH


def hexadecimal(colour: Colour) -> str:
    """Write a colour for Plotly or a style sheet, such as #2a78d6."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def css(colour: Colour, alpha: float = 1.0) -> str:
    """Write a colour for a browser.

    Parameters
    ----------
    colour : Colour
        Red, green and blue, 0 to 255.
    alpha : float
        0 is clear, 1 covers everything.
    """
    red, green, blue = colour
    return f"rgba({red},{green},{blue},{alpha:g})"
