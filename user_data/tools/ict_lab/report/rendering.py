"""The page: everything in one file that needs no network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import plotly.io as pio
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from ict import __version__
from ict.candles import Floats
from ict_lab.formatting import signed
from ict_lab.report.contents import Contents
from ict_lab.words import ENGLISH, Wording

PAGE = Path(__file__).with_name("page")
# Plotly's own themes, on the page's background.
THEMES = {"light": "plotly_white", "dark": "plotly_dark"}


def render(contents: Sequence[Contents], silent: Sequence[str], say: Wording = ENGLISH) -> str:
    """Write the report as one HTML file, which loads nothing.

    Parameters
    ----------
    contents : Sequence[Contents]
        One a strategy, in the order in which they are shown.
    silent : Sequence[str]
        Strategies of the export that traded nothing.
    say : Wording, optional
        Language of the page.
    """
    environment = Environment(
        loader=FileSystemLoader(PAGE), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {
        "money": _money,
        "signed": signed,
        "figure": _figure,
        "minute": _minute,
        "percentile": _percentile,
        "fact_name": say.fact,
        "outcome": lambda part: say(f"signals_{part[0]}", count=part[1]),
        "sentences": lambda parts: ", ".join(map(say.said, parts.split(", "))),
    }
    return environment.get_template("report.html.j2").render(
        say=say,
        contents=contents,
        silent=silent,
        version=__version__,
        source=contents[0].run.source.name,
        style=Markup((PAGE / "style.css").read_text(encoding="utf-8")),
        script=Markup((PAGE / "script.js").read_text(encoding="utf-8")),
        plotly=Markup(get_plotlyjs()),
        themes=_json({name: _theme(template) for name, template in THEMES.items()}),
    )


def _theme(name: str) -> Any:
    clear = "rgba(0,0,0,0)"
    template = pio.templates[name].to_plotly_json()
    return {**template, "layout": {**template["layout"], "paper_bgcolor": clear, "plot_bgcolor": clear}}


def _json(content: object) -> Markup:
    """Write JSON for a script element: no text in it can end the element."""
    return Markup(json.dumps(content, separators=(",", ":")).replace("<", "\\u003c"))


def _figure(figure: go.Figure) -> Markup:
    content = json.loads(figure.to_json())
    content["layout"].pop("template", None)
    return _json(content)


def _money(amount: float, currency: str, digits: int = 2) -> str:
    return f"{signed(amount, digits)} {currency}"


def _percentile(values: Floats, percent: float) -> float:
    return float(np.percentile(values, percent))


def _minute(time: pd.Timestamp) -> str:
    return f"{time:%Y-%m-%d %H:%M}"
