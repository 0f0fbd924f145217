"""What happens on the page: each control's effect, wired with Dash."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from typing import Any

import pandas as pd
from dash import ClientsideFunction, Dash, Input, Output, State, ctx, no_update, set_props

from ict_lab.errors import LabError
from ict_lab.tune import charts
from ict_lab.tune.page import change_table, control_specs, page, result_table
from ict_lab.tune.quick_backtest import ClosedTrade, Progress, Result
from ict_lab.tune.reading import Reading, summary
from ict_lab.tune.view import View, around, newest, step
from ict_lab.tune.workbench import Choice, Workbench

logger = logging.getLogger(__name__)

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MOST_RUNS = 5
TITLE = "Tune · ICT OB/FVG"
WRONG, RIGHT = "told bad", "told good"
CHOICE = [Input("strategy", "value"), Input("pair", "value"), Input("timeframe", "value")]
CHOICE += [Input("last-day", "value"), Input("count", "value")]
CHOICE_STATE = [State(one.component_id, one.component_property) for one in CHOICE]

Answer = Any


def make_app(workbench: Workbench) -> Dash:
    """Make the page for a workbench."""
    app = Dash(
        __name__, title=TITLE, update_title=TITLE, serve_locally=True, on_error=_say_trouble,
        suppress_callback_exceptions=True,
    )  # fmt: skip
    app.layout = lambda: _layout(workbench)
    for wire in (
        _wire_settings, _wire_candles, _wire_view, _wire_chart, _wire_changes, _wire_writing, _wire_backtest,
        _wire_bot,
    ):  # fmt: skip
        wire(app, workbench)
    return app


def _layout(workbench: Workbench) -> Any:
    try:
        return page(workbench, workbench.pairs(), "")
    except LabError as error:
        return page(workbench, {}, str(error))


def _say_trouble(error: Exception) -> None:
    """Show a fault of the page itself on the page; the log has the details."""
    logger.error("The page could not answer", exc_info=error)
    set_props("trouble", {"children": f"The page could not answer ({type(error).__name__}: {error})"})


def _choice(pair: str | None, timeframe: str | None, last_day: str | None, count: int) -> Choice:
    if not pair or not timeframe:
        raise LabError("no candles are chosen")
    day = (last_day or "").strip()
    if day and (not DAY.fullmatch(day) or pd.isna(pd.to_datetime(day, errors="coerce"))):
        raise LabError(f"the last day must be a day such as 2024-05-13, was {day}")
    return Choice(pair, timeframe, day, count)


def _wire_settings(app: Dash, workbench: Workbench) -> None:
    @app.callback(
        Output("specs", "data"), Output("about", "children"),
        Input("strategy", "value"), Input("to-force", "n_clicks"), Input("to-defaults", "n_clicks"),
    )  # fmt: skip
    def describe_controls(strategy: str, force: int | None, defaults: int | None) -> Answer:
        preset = workbench.presets[strategy]
        asked_defaults = ctx.triggered_id == "to-defaults"
        values = preset.defaults if asked_defaults else workbench.starting_values(strategy)
        return control_specs(values), preset.about

    # Sliders live in the browser, which hands over all values at a pace that the chart can keep.
    for function, trigger in (("build", "specs"), ("mark", "changed"), ("goOn", "drawn")):
        _in_browser(app, function, trigger, Output("none", "data", allow_duplicate=True))


def _in_browser(app: Dash, function: str, trigger: str, output: Output) -> None:
    """Have the browser run a function of assets/tune.js when a store changes."""
    run = ClientsideFunction("tune", function)
    wire: Any = app.clientside_callback
    wire(run, output, Input(trigger, "data"), prevent_initial_call=True)


def _wire_candles(app: Dash, workbench: Workbench) -> None:
    @app.callback(
        Output("timeframe", "options"), Output("timeframe", "value"),
        Input("pair", "value"), Input("strategy", "value"), State("timeframe", "value"),
    )  # fmt: skip
    def offer_timeframes(pair: str | None, strategy: str, now: str | None) -> Answer:
        if not pair:
            return [], None
        known = workbench.pairs()[pair]
        wanted = [now, workbench.presets[strategy].timeframe, *known]
        return known, next(name for name in wanted if name in known)


def _reading(
    workbench: Workbench, strategy: str, values: Mapping[str, Any], chosen: Sequence[Any]
) -> Reading:
    return workbench.reading(strategy, values, _choice(*chosen))


def _wire_view(app: Dash, workbench: Workbench) -> None:
    @app.callback(
        Output("view", "data"),
        Input("before", "n_clicks"), Input("after", "n_clicks"), Input("newest", "n_clicks"),
        Input("width", "value"), Input("overview", "clickData"), Input("chart", "relayoutData"), *CHOICE,
        State("values", "data"), State("view", "data"),
        prevent_initial_call=True,
    )  # fmt: skip
    def move(
        before: Any, after: Any, end: Any, width: int, click: Any, zoom: Any, strategy: str, *rest: Any
    ) -> Answer:
        *chosen, values, now = rest
        if not values:
            return no_update
        try:
            reading = _reading(workbench, strategy, values, chosen)
        except LabError:
            return no_update
        gestures = {"before": before, "after": after, "overview": click, "chart": zoom}
        view = _moved(reading, View(*now) if now else newest(width, reading.count), width, gestures)
        return [view.start, view.stop] if view else no_update


def _wire_chart(app: Dash, workbench: Workbench) -> None:
    @app.callback(
        Output("chart", "figure"), Output("summary", "children"), Output("wrong", "children"),
        Output("drawn", "data"),
        Input("values", "data"), Input("view", "data"), Input("trades", "data"), *CHOICE,
        State("width", "value"),
        prevent_initial_call=True,
    )  # fmt: skip
    def show_chart(values: Any, view: Any, trades: Any, strategy: str, *rest: Any) -> Answer:
        *chosen, width = rest
        if not values:
            return [no_update] * 4
        try:
            reading = _reading(workbench, strategy, values, chosen)
        except LabError as error:
            return no_update if chosen[0] else charts.message(""), no_update, str(error), no_update
        shown = _fitting(view, reading.count) or newest(width, reading.count)
        tested = bool(trades) and trades["on"] == [strategy, chosen[0]]
        drawn = [ClosedTrade(*one) for one in trades["rows"]] if tested else []
        return charts.chart(reading, shown, drawn), summary(reading), "", [values, shown.start, shown.stop]

    # The strip comes after the chart, which one looks at.
    @app.callback(
        Output("overview", "figure"), Input("drawn", "data"), *CHOICE_STATE, prevent_initial_call=True
    )
    def show_overview(drawn: Any, strategy: str, *chosen: Any) -> Answer:
        values, start, stop = drawn
        try:
            reading = _reading(workbench, strategy, values, chosen)
        except LabError:
            return no_update
        shown = _fitting([start, stop], reading.count)
        return charts.overview(reading, shown) if shown else no_update


def _fitting(view: list[int] | None, count: int) -> View | None:
    return View(*view) if view and view[1] <= count else None


def _moved(reading: Reading, view: View, width: int, gestures: Mapping[str, Any]) -> View | None:
    """Where to look after what the person did last; None to stay."""
    what, count = ctx.triggered_id, reading.count
    if what in ("before", "after"):
        return step(view, reading.entry_rows, ahead=what == "after", count=count)
    if what == "width":
        # The newest candle stays where it is.
        return around(view.stop - width / 2, width, count)
    if what == "overview":
        row, _ = reading.rows_between(*[pd.Timestamp(gestures[what]["points"][0]["x"], tz="UTC")] * 2)
        return around(row, view.width, count)
    if what == "chart":
        return _zoomed(reading, gestures[what] or {})
    return newest(width, count)


def _zoomed(reading: Reading, zoom: Mapping[str, Any]) -> View | None:
    if "xaxis.range[0]" not in zoom:
        return newest(0, reading.count) if zoom.get("xaxis.autorange") else None
    ends = [pd.Timestamp(zoom[f"xaxis.range[{end}]"], tz="UTC") for end in (0, 1)]
    start, stop = reading.rows_between(*ends)
    return around((start + stop) / 2, max(stop - start, 1), reading.count)


def _wire_changes(app: Dash, workbench: Workbench) -> None:
    @app.callback(
        Output("changes", "children"), Output("faults", "children"), Output("ask-write", "disabled"),
        Output("ask-write", "children"), Output("changed", "data"),
        Input("drawn", "data"), Input("wrong", "children"), Input("written", "children"),
        Input("strategy", "value"), State("values", "data"),
    )  # fmt: skip
    def show_changes(drawn: Any, wrong: Any, written: Any, strategy: str, values: Any) -> Answer:
        standing = workbench.standing(strategy)
        file, faults = standing.stored.path.name, " · ".join(standing.faults)
        label = f"Write to {file} …"
        if not values:
            return no_update, faults, True, label, []
        try:
            changes = workbench.changes(strategy, values)
        except LabError as error:
            return str(error), faults, True, label, []
        writable = any(one.goes_into_file for one in changes) and not standing.stored.hindrance
        changed = [one.name for one in changes]
        return change_table(changes, file), faults, not writable, label, changed


def _wire_writing(app: Dash, workbench: Workbench) -> None:
    # What was asked for must be what is written.
    _in_browser(app, "hide", "values", Output("write-box", "hidden", allow_duplicate=True))

    @app.callback(
        Output("write-box", "hidden"), Output("write-question", "children"), Output("asked", "data"),
        Output("written", "children"), Output("written", "className"),
        Input("ask-write", "n_clicks"), Input("no-write", "n_clicks"), Input("write", "n_clicks"),
        Input("strategy", "value"), State("values", "data"), State("asked", "data"),
        prevent_initial_call=True,
    )  # fmt: skip
    def write(ask: Any, no: Any, do: Any, strategy: str, values: Any, asked: str) -> Answer:
        if ctx.triggered_id == "ask-write":
            # The file that the question speaks of is the one that may be written over.
            digest = workbench.standing(strategy).stored.digest
            return False, _write_question(workbench, strategy, values), digest, no_update, no_update
        if ctx.triggered_id != "write":
            return True, "", "", "", RIGHT
        try:
            backup = workbench.write(strategy, values, asked)
        except LabError as error:
            return True, "", "", str(error), WRONG
        kept = f" What it was is in {backup.name}." if backup else ""
        file = workbench.presets[strategy].settings_file.name
        return True, "", "", f"Written to {file}.{kept} A running bot reads it when it is reloaded.", RIGHT


def _write_question(workbench: Workbench, strategy: str, values: Mapping[str, Any]) -> str:
    changes = [one for one in workbench.changes(strategy, values) if one.goes_into_file]
    file = workbench.presets[strategy].settings_file
    kept = "The file as it is now is kept as a backup." if file.exists() else "The file is not there yet."
    settings = "setting" if len(changes) == 1 else "settings"
    return f"Write {len(changes)} {settings} into {file}? {kept} All else in it stays."


def _wire_backtest(app: Dash, workbench: Workbench) -> None:
    @app.callback(
        Output("poll", "disabled"), Output("backtest-told", "children"), Output("backtest-told", "className"),
        Input("backtest", "n_clicks"), Input("cancel", "n_clicks"),
        State("values", "data"), *CHOICE_STATE,
        prevent_initial_call=True,
    )  # fmt: skip
    def start(do: Any, cancel: Any, values: Any, strategy: str, *chosen: Any) -> Answer:
        if ctx.triggered_id == "cancel":
            workbench.cancel_backtest()
            return no_update, no_update, no_update
        try:
            workbench.start_backtest(strategy, values or {}, _choice(*chosen))
        except (LabError, OSError) as error:
            return True, str(error), WRONG
        return False, "", RIGHT

    @app.callback(
        Output("poll", "disabled", allow_duplicate=True), Output("run", "hidden"), Output("cancel", "hidden"),
        Output("bar", "value"), Output("phase", "children"),
        Output("backtest-told", "children", allow_duplicate=True),
        Output("backtest-told", "className", allow_duplicate=True),
        Output("runs", "data"), Output("trades", "data"), Output("results", "children"),
        Input("poll", "n_intervals"), State("runs", "data"),
        prevent_initial_call=True,
    )  # fmt: skip
    def follow(polls: int, runs: list[Any]) -> Answer:
        idle = [True, True, True, "0", ""]
        unchanged = [no_update, no_update, no_update]
        try:
            state = workbench.backtest()
        except LabError as error:
            return *idle, str(error), WRONG, *unchanged
        if isinstance(state, Progress):
            return False, False, False, f"{state.percent}", state.text, no_update, no_update, *unchanged
        if state is None:
            return *idle, no_update, no_update, *unchanged
        older = [run for run in runs if run["number"] != state.number]
        runs = [_run_row(state), *older][:MOST_RUNS]
        return *idle, "", RIGHT, runs, _drawn_trades(state), result_table(runs)


def _run_row(result: Result) -> dict[str, Any]:
    name = result.strategy.removeprefix("ICT").removesuffix("Strategy")
    title = f"{result.strategy} on {result.pair}"
    return {
        "number": result.number,
        "name": f"{result.number} · {name}",
        "title": title,
        "figures": result.figures,
    }


def _drawn_trades(result: Result) -> dict[str, Any]:
    """Keep a run's trades for the chart, and what they belong to."""
    return {"on": [result.strategy, result.pair], "rows": [astuple(one) for one in result.trades]}


def _wire_bot(app: Dash, workbench: Workbench) -> None:
    where = [State(name, "value") for name in ("address", "username", "password")]

    @app.callback(
        Output("reload-box", "hidden"), Output("bot-facts", "children"), Output("bot-told", "children"),
        Output("bot-told", "className"),
        Input("look", "n_clicks"), Input("no-reload", "n_clicks"), Input("reload", "n_clicks"),
        State("strategy", "value"), *where,
        prevent_initial_call=True,
        running=[(Output(name, "disabled"), True, False) for name in ("look", "reload", "no-reload")]
        + [(Output("bot-told", "children"), "Waits for the bot …", "")],
    )  # fmt: skip
    def talk(look: Any, no: Any, do: Any, strategy: str, *asked: str) -> Answer:
        if ctx.triggered_id == "no-reload":
            return True, "", "", RIGHT
        try:
            access = workbench.access(*[(text or "").strip() for text in asked])
            if ctx.triggered_id == "look":
                return False, _reload_question(workbench, strategy, access), "", RIGHT
            return True, "", workbench.reload_bot(strategy, access), RIGHT
        except LabError as error:
            return True, "", str(error), WRONG


def _reload_question(workbench: Workbench, strategy: str, access: Any) -> str:
    facts = workbench.bot_facts(access)
    if facts.strategy != strategy:
        raise LabError(f"{facts.sentence()} This page shows {strategy}: choose the bot's strategy first")
    file = workbench.presets[strategy].settings_file.name
    return (
        f"{facts.sentence()} It reads {file} as it is written now, not what is only on the page. Reload it?"
    )
