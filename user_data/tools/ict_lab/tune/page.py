"""The page's parts: what stands where, without what it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from ict_lab.tune.controls import SPACES, Control, controls
from ict_lab.tune.in_force import Change, Source
from ict_lab.tune.view import WIDTH, WIDTHS
from ict_lab.tune.workbench import Workbench

Part = Any
COUNTS = (1_000, 2_500, 5_000, 10_000, 20_000)
COUNT = 5_000
POLL_MILLISECONDS = 400
KNOWN_PASSWORD = "the configuration's"
# All of the chart, the strip and the first lines of the panels fit on a screen.
CHART_HEIGHT, OVERVIEW_HEIGHT = "max(360px, calc(100vh - 430px))", "92px"
GRAPH_CONFIG: Any = {"displaylogo": False, "scrollZoom": True, "plotlyServerURL": "", "displayModeBar": False}
OVERVIEW_CONFIG: Any = {"displayModeBar": False, "plotlyServerURL": ""}


def page(workbench: Workbench, pairs: Mapping[str, Sequence[str]], trouble: str) -> Part:
    """Lay the page out.

    Parameters
    ----------
    pairs : Mapping[str, Sequence[str]]
        Timeframes of each pair that has candles.
    trouble : str
        What was wrong when the page was made; empty for nothing.
    """
    access = workbench.access()
    return html.Div(
        [
            _header(workbench, pairs),
            html.Div(trouble, id="trouble", className="banner"),
            html.Div(id="faults", className="banner"),
            html.Main(
                [
                    html.Div(
                        [_toolbar(), *_charts(), _panels(access.address, access.username)], className="stage"
                    ),
                    html.Aside([_resets(), html.Div(id="controls")], className="side"),
                ]
            ),
            *[
                dcc.Store(id=name)
                for name in ("values", "view", "asked", "trades", "changed", "specs", "none", "drawn")
            ],
            dcc.Store(id="runs", data=[]),
            dcc.Interval(id="poll", interval=POLL_MILLISECONDS, disabled=True),
        ],
        className="page",
    )


def _header(workbench: Workbench, pairs: Mapping[str, Sequence[str]]) -> Part:
    names = list(workbench.presets)
    pair = next(iter(pairs), None)
    counts = [{"label": f"{count:,}", "value": count} for count in COUNTS]
    chosen = "ICTObFvgStrategy" if "ICTObFvgStrategy" in names else names[0]
    return html.Header(
        [
            html.H1("Tune"),
            html.A("What now?", href="/now", title="what the bot would do now"),
            _field("Strategy", _dropdown("strategy", names, chosen), "wide"),
            _field("Pair", _dropdown("pair", list(pairs), pair), "wide"),
            _field("Timeframe", _dropdown("timeframe", [], None)),
            _field("Last day", dcc.Input(id="last-day", value="", placeholder="newest", debounce=True)),
            _field("Candles", _dropdown("count", counts, COUNT)),
            html.P(id="about", className="about"),
        ]
    )  # fmt: skip


def _dropdown(key: str, options: list[Any], value: Any) -> Part:
    return dcc.Dropdown(options, value, id=key, clearable=False, searchable=False)


def _field(label: str, part: Part, size: str = "") -> Part:
    return html.Label([html.Span(label), part], className=f"field {size}")


def _toolbar() -> Part:
    widths = [*({"label": f"{width:,}", "value": width} for width in WIDTHS), {"label": "all", "value": 0}]
    return html.Div(
        [
            html.Button("◀ entry", id="before", title="to the entry before"),
            html.Button("entry ▶", id="after", title="to the entry after"),
            html.Button("newest", id="newest", title="to the newest candles"),
            dcc.RadioItems(widths, WIDTH, id="width", className="segments"),
            html.P(id="summary", className="summary"),
        ],
        className="toolbar",
    )


def _charts() -> list[Part]:
    return [
        html.Div(id="wrong", className="banner"),
        dcc.Graph(id="chart", config=GRAPH_CONFIG, responsive=True, style={"height": CHART_HEIGHT}),
        dcc.Graph(id="overview", config=OVERVIEW_CONFIG, responsive=True, style={"height": OVERVIEW_HEIGHT}),
        html.P(
            [
                html.B("▲ long  ", className="bullish"), html.B("▼ short  ", className="bearish"),
                "where entries begin; dotted their stop, solid their target. Boxes in ",
                html.Span("blue", className="bullish"), " are bullish, in ",
                html.Span("orange", className="bearish"),
                " bearish, in grey spent, as they were known at the last candle shown. "
                "Yellow: the last backtest's trades, dashed if lost. Click the strip to go there.",
            ],
            className="legend",
        ),
    ]  # fmt: skip


def _panels(address: str, username: str) -> Part:
    return html.Div([_changes_panel(), _backtest_panel(), _bot_panel(address, username)], className="panels")


def _changes_panel() -> Part:
    return html.Section(
        [
            html.H2("Changes"),
            html.Div(id="changes"),
            html.Div(html.Button("Write …", id="ask-write", className="main", disabled=True)),
            html.Div(
                [
                    html.P(id="write-question"),
                    html.Button("Write it", id="write", className="main"),
                    html.Button("Not now", id="no-write"),
                ],
                id="write-box", className="ask", hidden=True,
            ),
            html.P(id="written", className="told"),
        ]
    )  # fmt: skip


def _backtest_panel() -> Part:
    return html.Section(
        [
            html.H2("Quick backtest"),
            html.P(
                "Freqtrade's own, on the candles chosen above, with the page's settings. Nothing is written. "
                "Settings that were fitted to a stretch look good on it and prove nothing."
            ),
            html.Div(
                [
                    html.Button("Backtest", id="backtest", className="main"),
                    html.Button("Cancel", id="cancel", hidden=True),
                ]
            ),
            html.Div(
                [html.Progress(id="bar", max="100", value="0"), html.Span(id="phase")], id="run", hidden=True
            ),
            html.P(id="backtest-told", className="told"),
            html.Div(id="results"),
        ]
    )


def _bot_panel(address: str, username: str) -> Part:
    return html.Section(
        [
            html.H2("Running bot"),
            html.P("Have a bot read the written settings, by its API. Open trades keep stop and target."),
            _field("Address", dcc.Input(id="address", type="text", value=address)),
            _field("User", dcc.Input(id="username", type="text", value=username)),
            _field("Password", dcc.Input(id="password", type="password", placeholder=KNOWN_PASSWORD)),
            html.Div(html.Button("Look", id="look", className="main")),
            html.Div(
                [
                    html.P(id="bot-facts"),
                    html.Button("Reload this bot", id="reload", className="main"),
                    html.Button("Not now", id="no-reload"),
                ],
                id="reload-box", className="ask", hidden=True,
            ),
            html.P(id="bot-told", className="told"),
        ]
    )  # fmt: skip


def _resets() -> Part:
    return html.Div(
        [
            html.Button("As in force", id="to-force", title="back to the values in force now"),
            html.Button("Strategy's defaults", id="to-defaults", title="the values of the strategy's class"),
        ],
        className="resets",
    )


def control_specs(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Describe every setting's control for the browser, which builds them: see assets/tune.js."""
    return [_spec(one, one.shown(values[one.name])) for one in controls(values)]


def _spec(control: Control, value: Any) -> dict[str, Any]:
    setting = control.setting
    is_word = bool(control.choices) or setting.is_text
    allowed = "" if is_word else f" ({setting.low:g} to {setting.high:g} allowed)"
    return {
        "name": control.name, "label": control.label, "section": SPACES[setting.space], "value": value,
        "unit": "" if is_word else setting.unit, "choices": control.choices,
        "several": setting.several, "text": setting.is_text,
        "low": control.low, "high": control.high, "step": control.step,
        "rule": control.rule, "about": f"{control.about}{allowed}",
    }  # fmt: skip


def change_table(changes: Sequence[Change], file: str) -> Part:
    """Show what the page would change, and where."""
    if not changes:
        return html.P("The page equals what is in force.")
    rows = [
        html.Tr(
            [
                html.Td(one.name), html.Td(_said(one.default)),
                html.Td([_said(one.now), html.Small(one.source)]), html.Td(_said(one.page), className="new"),
            ]
        )
        for one in changes
    ]  # fmt: skip
    head = html.Tr([html.Th(name) for name in ("setting", "default", "in force", "page")])
    held = {one.name: one.page for one in changes if one.source is Source.CONFIG}
    return html.Div([html.Table([html.Thead(head), html.Tbody(rows)]), *_held_note(held, file)])


def _held_note(held: Mapping[str, Any], file: str) -> list[Part]:
    if not held:
        return []
    block = ", ".join(f'"{name}": {_json(value)}' for name, value in held.items())
    return [
        html.P(f"The configuration's ict block sets some of these, and wins over {file}. Change them there:"),
        html.Code(f'"ict": {{{block}}}'),
    ]


def result_table(runs: Sequence[Mapping[str, Any]]) -> Part:
    """Show the backtests of this page side by side, the newest first."""
    if not runs:
        return None
    names = list(runs[0]["figures"])
    head = html.Tr([html.Th(""), *(html.Th(run["name"], title=run["title"]) for run in runs)])
    rows = [html.Tr([html.Td(name), *(html.Td(run["figures"][name]) for run in runs)]) for name in names]
    return html.Table([html.Thead(head), html.Tbody(rows)], className="results")


def _said(value: object) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else f"{value}"


def _json(value: object) -> str:
    return (
        str(value).lower()
        if isinstance(value, bool)
        else f'"{value}"'
        if isinstance(value, str)
        else f"{value}"
    )
