"""The page's parts: what is where, without what it does."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html

from ict.facts import FACTS, USES
from ict.setups.scores import reachable_scores
from ict_lab.tune.controls import GROUPS, Control, controls, read_page
from ict_lab.tune.in_force import Change, Source
from ict_lab.tune.view import NARROW_WIDTH, WIDTH, WIDTHS
from ict_lab.tune.workbench import Standing, Workbench
from ict_lab.words import Wording

Part = Any
COUNTS = (1_000, 2_500, 5_000, 10_000, 20_000)
COUNT = 5_000
POLL_MILLISECONDS = 400
# All of the chart, the strip and the first lines of the panels fit on a screen.
CHART_HEIGHT, OVERVIEW_HEIGHT = "max(360px, calc(100vh - 430px))", "104px"
GRAPH_CONFIG: Any = {"displaylogo": False, "scrollZoom": True, "plotlyServerURL": "", "displayModeBar": False}
OVERVIEW_CONFIG: Any = {"displayModeBar": False, "plotlyServerURL": ""}
# Plotly's empty figure is white with axes, on a dark page too.
_CLEAR, _NO_AXIS = "rgba(0,0,0,0)", {"visible": False}
UNDRAWN: Any = {
    "layout": {"paper_bgcolor": _CLEAR, "plot_bgcolor": _CLEAR, "xaxis": _NO_AXIS, "yaxis": _NO_AXIS}
}
STORES = ("values", "view", "asked", "trades", "changed", "specs", "none", "drawn", "steps")


def page(workbench: Workbench, pairs: Mapping[str, Sequence[str]], trouble: str, say: Wording) -> Part:
    """Lay the page out.

    Parameters
    ----------
    pairs : Mapping[str, Sequence[str]]
        Timeframes of each pair that has candles.
    trouble : str
        What was wrong when the page was made; empty for nothing.
    say : Wording
        Its language.
    """
    access = workbench.access()
    bot = access.address, access.username
    panels = [_changes_panel(say), _backtest_panel(say), _bot_panel(*bot, say)]
    stage = [_toolbar(say), *_charts(say), html.Div(panels, className="panels")]
    return html.Div(
        [
            _header(workbench, pairs, say),
            html.Div(trouble, id="trouble", className="banner"),
            html.Div(id="faults", className="banner"),
            html.Main(
                [
                    html.Div(stage, className="stage"),
                    html.Aside([_resets(say), html.Div(id="controls")], className="side"),
                ]
            ),
            *[dcc.Store(id=name) for name in STORES],
            dcc.Store(id="runs", data=[]),
            dcc.Interval(id="poll", interval=POLL_MILLISECONDS, disabled=True),
        ],
        className="page", lang=say.language,
    )  # fmt: skip


def _header(workbench: Workbench, pairs: Mapping[str, Sequence[str]], say: Wording) -> Part:
    names = list(workbench.presets)
    pair = next(iter(pairs), None)
    counts = [{"label": f"{count:,}", "value": count} for count in COUNTS]
    chosen = "ICTObFvgStrategy" if "ICTObFvgStrategy" in names else names[0]
    return html.Header(
        [
            html.H1(say("tune")),
            html.A(say("what_now"), href=f"/now?language={say.language}", title=say("what_now_title")),
            _field(say("strategy"), _dropdown("strategy", names, chosen), "wide"),
            _field(say("pair"), _dropdown("pair", list(pairs), pair), "wide"),
            _field(say("timeframe"), _dropdown("timeframe", [], None)),
            _field(
                say("last_day"),
                dcc.Input(id="last-day", value="", placeholder=say("newest_day"), debounce=True),
            ),
            _field(say("candles"), _dropdown("count", counts, COUNT)),
            html.P(id="about", className="about"),
        ]
    )  # fmt: skip


def _dropdown(key: str, options: list[Any], value: Any) -> Part:
    return dcc.Dropdown(options, value, id=key, clearable=False, searchable=False)


def _field(label: str, part: Part, size: str = "") -> Part:
    return html.Label([html.Span(label), part], className=f"field {size}")


def _toolbar(say: Wording) -> Part:
    widths = [
        *({"label": f"{width:,}", "value": width} for width in WIDTHS),
        {"label": say("all"), "value": 0},
    ]
    buttons = [
        html.Button(say(key), id=key, title=say(f"{key}_title")) for key in ("before", "after", "newest")
    ]
    return html.Div(
        [
            *buttons,
            dcc.RadioItems(widths, WIDTH, id="width", className="segments"),
            html.P(id="summary", className="summary"),
        ],
        className="toolbar",
    )


def _charts(say: Wording) -> list[Part]:
    return [
        html.Div(id="wrong", className="banner"),
        dcc.Graph(
            id="chart", figure=UNDRAWN, config=GRAPH_CONFIG, responsive=True, style={"height": CHART_HEIGHT}
        ),
        dcc.Graph(
            id="overview",
            figure=UNDRAWN,
            config=OVERVIEW_CONFIG,
            responsive=True,
            style={"height": OVERVIEW_HEIGHT},
        ),
        html.P(
            [
                html.B(f"▲ {say('long')}  ", className="bullish"),
                html.B(f"▼ {say('short')}  ", className="bearish"),
                *(say(f"legend_{part}") for part in ("entries", "orders", "boxes", "trades")),
            ],
            className="legend",
        ),
    ]


def _changes_panel(say: Wording) -> Part:
    return html.Section(
        [
            html.H2(say("changes")),
            html.Div(id="changes"),
            html.Div(html.Button(id="ask-write", className="main", disabled=True)),
            html.Div(
                [
                    html.P(id="write-question"),
                    html.Button(say("write_it"), id="write", className="main"),
                    html.Button(say("not_now"), id="no-write"),
                ],
                id="write-box", className="ask", hidden=True,
            ),
            html.P(id="written", className="told"),
        ]
    )  # fmt: skip


def _backtest_panel(say: Wording) -> Part:
    return html.Section(
        [
            html.H2(say("backtest")),
            html.P(say("backtest_about")),
            html.Div(
                [
                    html.Button(say("backtest_do"), id="backtest", className="main"),
                    html.Button(say("cancel"), id="cancel", hidden=True),
                ]
            ),
            html.Div(
                [html.Progress(id="bar", max="100", value="0"), html.Span(id="phase")], id="run", hidden=True
            ),
            html.P(id="backtest-told", className="told"),
            html.Div(id="results"),
        ]
    )


def _bot_panel(address: str, username: str, say: Wording) -> Part:
    known = say("known_password")
    return html.Section(
        [
            html.H2(say("bot")),
            html.P(say("bot_about")),
            _field(say("address"), dcc.Input(id="address", type="text", value=address)),
            _field(say("user"), dcc.Input(id="username", type="text", value=username)),
            _field(say("password"), dcc.Input(id="password", type="password", placeholder=known)),
            html.Div(html.Button(say("look"), id="look", className="main")),
            html.Div(
                [
                    html.P(id="bot-facts"),
                    html.Button(say("reload"), id="reload", className="main"),
                    html.Button(say("not_now"), id="no-reload"),
                ],
                id="reload-box", className="ask", hidden=True,
            ),
            html.P(id="bot-told", className="told"),
        ]
    )  # fmt: skip


def _resets(say: Wording) -> Part:
    return html.Div(
        [
            html.Button(say("as_in_force"), id="to-force", title=say("as_in_force_title")),
            html.Button(say("defaults"), id="to-defaults", title=say("defaults_title")),
        ],
        className="resets",
    )


def control_specs(values: Mapping[str, Any], say: Wording) -> dict[str, Any]:
    """Describe every setting's control for the browser, which builds them: see assets/tune.js."""
    made = controls(values)
    in_groups = {
        group: [
            _spec(one, one.shown(values[one.name]), say)
            for one in made
            if one.group == group and one.setting.space != "facts"
        ]
        for group in GROUPS
    }
    groups = [
        {"key": key, "title": say(f"group_{key}"), "controls": specs} for key, specs in in_groups.items()
    ]
    uses = [[use, say(use)] for use in USES]
    words = {name: say(name) for name in ("fact", "points", "changed_count")}
    facts = [_fact(name, values, say) for name in FACTS]
    return {
        "groups": groups,
        "facts": facts,
        "uses": uses,
        "words": words,
        "steps": steps(values, say),
        "narrow_width": NARROW_WIDTH,
    }


def steps(values: Mapping[str, Any], say: Wording) -> dict[str, Any]:
    """Return the scores that the facts in use can reach: other thresholds make no difference."""
    reachable = reachable_scores(read_page(values))
    return {"scores": list(reachable), "most": say("of_most", most=f"{reachable[-1]:g}")}


def _fact(name: str, values: Mapping[str, Any], say: Wording) -> dict[str, Any]:
    use, points = values[f"use_{name}"], values[f"points_{name}"]
    return {
        "name": name, "title": say.fact(name), "about": say.fact_about(name), "use": use, "points": points,
    }  # fmt: skip


def _spec(control: Control, value: Any, say: Wording) -> dict[str, Any]:
    setting, name = control.setting, control.name
    is_word = bool(control.choices) or setting.is_text
    low, high = f"{setting.low:g}", f"{setting.high:g}"
    allowed = "" if is_word else f" {say('allowed', low=low, high=high)}"
    return {
        "name": name, "label": say.label(name), "value": value,
        "unit": "" if is_word else say.unit(setting.unit),
        "choices": [[word, say.choice(name, word)] for word in control.choices],
        "several": setting.several, "text": setting.is_text, "steps": setting.of_scores,
        "own": say("own_words", form=say.said(setting.form_about).replace('"', "")) if setting.form else "",
        "low": control.low, "high": control.high, "step": control.step,
        "rule": control.rule, "about": f"{say.about(name)}{allowed}",
    }  # fmt: skip


def change_table(changes: Sequence[Change], standing: Standing, pair: str, say: Wording) -> Part:
    """Show what the page would change, and where."""
    if not changes:
        return html.P(say("equals"))
    rows = [
        html.Tr(
            [
                html.Td(one.name), html.Td(_shown(one.default, say)),
                html.Td([_shown(one.now, say), html.Small(_source(one, standing, say))]),
                html.Td(_shown(one.page, say), className="new"),
            ]
        )
        for one in changes
    ]  # fmt: skip
    names = ("setting", "default", "in_force", "page")
    head = html.Tr([html.Th(say(f"column_{name}")) for name in names])
    table = html.Table([html.Thead(head), html.Tbody(rows)])
    return html.Div([table, *_held_notes(changes, standing, pair, say)])


def _source(change: Change, standing: Standing, say: Wording) -> str:
    return f"ict.pairs {standing.group}" if change.source is Source.GROUP else say(f"source_{change.source}")


def _held_notes(changes: Sequence[Change], standing: Standing, pair: str, say: Wording) -> list[Part]:
    """Say what to change manually: the file has no effect where the configuration sets a value."""
    file, group = standing.stored.path.name, standing.group
    held = {
        Source.CONFIG: (say("held", file=file), "{", "}"),
        Source.GROUP: (say("held_group", pair=pair, group=group), f'{{"pairs": {{"{group}": {{', "}}}"),
    }
    notes: list[Part] = []
    for source, (note, opens, closes) in held.items():
        mine = [f'"{one.name}": {_json(one.page)}' for one in changes if one.source is source]
        notes += [html.P(note), html.Code(f'"ict": {opens}{", ".join(mine)}{closes}')] if mine else []
    return notes


def result_table(runs: Sequence[Mapping[str, Any]], say: Wording) -> Part:
    """Show the backtests of this page side by side, the newest first, and what became of its signals."""
    if not runs:
        return None
    names = list(runs[0]["figures"])
    head = html.Tr([html.Th(""), *(html.Th(run["name"], title=run["title"]) for run in runs)])
    rows = [
        html.Tr([html.Td(say(f"figure_{name}")), *(html.Td(run["figures"][name]) for run in runs)])
        for name in names
    ]
    figures = html.Table([html.Thead(head), html.Tbody(rows)], className="results")
    return html.Div([figures, *_outcomes(runs[0]["outcomes"], say)])


def _outcomes(outcomes: Sequence[Sequence[Any]], say: Wording) -> list[Part]:
    """List what became of the signals, each reason counted."""
    if not outcomes:
        return []
    rows = [
        html.Tr([html.Td(outcome_text(outcome, reason, say)), html.Td(f"{count:,}")])
        for outcome, reason, count in outcomes
    ]
    count = sum(count for _, _, count in outcomes)
    title = html.H3(say("outcomes", count=f"{count:,}"))
    return [title, html.Table(html.Tbody(rows), className="outcomes")]


def outcome_text(outcome: str, reason: str, say: Wording) -> str:
    """Say what became of a signal, and why."""
    return ": ".join(filter(None, (say(f"outcome_{outcome}"), say.said(reason) if reason else "")))


def _shown(value: object, say: Wording) -> str:
    if isinstance(value, bool):
        return say("on" if value else "off")
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else f"{value}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
