"""What happens on the page: each control's effect, wired with Dash."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from dash import ClientsideFunction, Dash, Input, Output, State, ctx, no_update, set_props

from ict.setups.faults import setup_faults
from ict.words.formatting import prices_said
from ict.words.languages import WORDS
from ict_lab.candles import prices_of
from ict_lab.errors import LabError
from ict_lab.tune import charts
from ict_lab.tune.backtests import drawn_trades, progress_text, run_row, tested_on
from ict_lab.tune.controls import read_page
from ict_lab.tune.page import change_table, control_specs, page, result_table, steps
from ict_lab.tune.quick_backtest import Progress
from ict_lab.tune.reading import Reading, summary
from ict_lab.tune.view import View, around, newest, step
from ict_lab.tune.workbench import Choice, Workbench
from ict_lab.words import Wording

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
    say = Wording(workbench.setup.language)
    app = Dash(
        __name__, title=TITLE, update_title=TITLE, serve_locally=True, suppress_callback_exceptions=True,
        on_error=lambda error: _say_trouble(error, say),
    )  # fmt: skip
    app.layout = lambda: _layout(workbench, say)
    for wire in (
        _wire_settings, _wire_candles, _wire_view, _wire_chart, _wire_changes, _wire_writing, _wire_backtest,
        _wire_bot,
    ):  # fmt: skip
        wire(app, workbench, say)
    return app


def _layout(workbench: Workbench, say: Wording) -> Any:
    try:
        return page(workbench, workbench.pairs(), "", say)
    except LabError as error:
        return page(workbench, {}, say.said(str(error)), say)


def _say_trouble(error: Exception, say: Wording) -> None:
    """Show a fault of the page itself on the page; the log has the details."""
    logger.error("The page could not answer", exc_info=error)
    set_props("trouble", {"children": say("could_not", error=f"{type(error).__name__}: {error}")})


def _choice(pair: str | None, timeframe: str | None, last_day: str | None, count: int) -> Choice:
    if not pair or not timeframe:
        raise LabError("no candles are chosen")
    day = (last_day or "").strip()
    if day and (not DAY.fullmatch(day) or pd.isna(pd.to_datetime(day, errors="coerce"))):
        raise LabError(f"the last day must be a day such as 2024-05-13, was {day}")
    return Choice(pair, timeframe, day, count)


def _wire_settings(app: Dash, workbench: Workbench, say: Wording) -> None:
    @app.callback(
        Output("specs", "data"), Output("about", "children"),
        Input("strategy", "value"), Input("to-force", "n_clicks"), Input("to-defaults", "n_clicks"),
        Input("pair", "value"), State("specs", "data"),
    )  # fmt: skip
    def describe_controls(
        strategy: str, force: int | None, defaults: int | None, pair: str | None, specs: Any
    ) -> Answer:
        preset, asked = workbench.presets[strategy], ctx.triggered_id
        if asked == "pair" and specs and not workbench.has_groups():
            return no_update, no_update
        values = (
            preset.defaults if asked == "to-defaults" else workbench.starting_values(strategy, pair or "")
        )
        return control_specs(values, say), say.said(preset.about)

    # Sliders live in the browser, which hands over all values at a pace that the chart can keep.
    functions = {"build": "specs", "mark": "changed", "goOn": "drawn", "setSteps": "steps"}
    for function, trigger in functions.items():
        _in_browser(app, function, trigger, Output("none", "data", allow_duplicate=True))


def _in_browser(app: Dash, function: str, trigger: str, output: Output) -> None:
    """Have the browser run a function of assets/tune.js when a store changes."""
    run = ClientsideFunction("tune", function)
    wire: Any = app.clientside_callback
    wire(run, output, Input(trigger, "data"), prevent_initial_call=True)


def _wire_candles(app: Dash, workbench: Workbench, _: Wording) -> None:
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


def _wire_view(app: Dash, workbench: Workbench, _: Wording) -> None:
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


def _wire_chart(app: Dash, workbench: Workbench, say: Wording) -> None:
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
            empty = no_update if chosen[0] else charts.message("")
            return empty, no_update, say.said(str(error)), no_update
        shown = _fitting(view, reading.count) or newest(width, reading.count)
        tested = tested_on(trades, strategy, chosen[0])
        wrong = say.said(next(setup_faults(reading.params), ""))
        seen = [values, shown.start, shown.stop]
        made_up = prices_said(prices_of(workbench.setup.datadir), WORDS[say.language])
        text = " · ".join([*made_up, summary(reading, say, workbench.funding(strategy, chosen[0]))])
        return charts.chart(reading, shown, say, tested), text, wrong, seen

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


def _wire_changes(app: Dash, workbench: Workbench, say: Wording) -> None:
    @app.callback(
        Output("changes", "children"), Output("faults", "children"), Output("ask-write", "disabled"),
        Output("ask-write", "children"), Output("changed", "data"), Output("steps", "data"),
        Input("drawn", "data"), Input("wrong", "children"), Input("written", "children"),
        Input("strategy", "value"), Input("pair", "value"), State("values", "data"),
    )  # fmt: skip
    def show_changes(
        drawn: Any, wrong: Any, written: Any, strategy: str, pair: str | None, values: Any
    ) -> Answer:
        standing = workbench.standing(strategy, pair or "")
        faults = " · ".join(map(say.said, standing.faults))
        label = say("write_to", file=standing.stored.path.name)
        if not values:
            return no_update, faults, True, label, [], no_update
        try:
            changes = workbench.changes(strategy, values, pair or "")
        except LabError as error:
            return say.said(str(error)), faults, True, label, [], no_update
        can_trade = not any(setup_faults(read_page(values))) and not standing.stored.hindrance
        writable = can_trade and any(one.goes_into_file for one in changes)
        table, changed = change_table(changes, standing, pair or "", say), [one.name for one in changes]
        return table, faults, not writable, label, changed, steps(values, say)


def _wire_writing(app: Dash, workbench: Workbench, say: Wording) -> None:
    # What was confirmed must be what is written.
    _in_browser(app, "hide", "values", Output("write-box", "hidden", allow_duplicate=True))

    @app.callback(
        Output("write-box", "hidden"), Output("write-question", "children"), Output("asked", "data"),
        Output("written", "children"), Output("written", "className"),
        Input("ask-write", "n_clicks"), Input("no-write", "n_clicks"), Input("write", "n_clicks"),
        Input("strategy", "value"), Input("pair", "value"), State("values", "data"), State("asked", "data"),
        prevent_initial_call=True,
    )  # fmt: skip
    def write(ask: Any, no: Any, do: Any, strategy: str, pair: str, values: Any, asked: str) -> Answer:
        if ctx.triggered_id == "ask-write":
            # The file that the question speaks of is the one that may be written over.
            digest = workbench.standing(strategy).stored.digest
            question = _write_question(workbench, strategy, pair, values, say)
            return False, question, digest, no_update, no_update
        if ctx.triggered_id != "write":
            return True, "", "", "", RIGHT
        try:
            backup = workbench.write(strategy, values, asked, pair)
        except LabError as error:
            return True, "", "", say.said(str(error)), WRONG
        kept = say("written_kept", backup=backup.name) if backup else ""
        file = workbench.presets[strategy].settings_file.name
        return True, "", "", say("written", file=file, kept=kept), RIGHT


def _write_question(
    workbench: Workbench, strategy: str, pair: str, values: Mapping[str, Any], say: Wording
) -> str:
    count = sum(one.goes_into_file for one in workbench.changes(strategy, values, pair))
    file = workbench.presets[strategy].settings_file
    kept = say("file_kept" if file.exists() else "file_new")
    return say("write_question_one" if count == 1 else "write_question", count=count, file=file, kept=kept)


def _wire_backtest(app: Dash, workbench: Workbench, say: Wording) -> None:
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
            return True, say.said(str(error)), WRONG
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
            return *idle, say.said(str(error)), WRONG, *unchanged
        if isinstance(state, Progress):
            text = progress_text(state, say)
            return False, False, False, f"{state.percent}", text, no_update, no_update, *unchanged
        if state is None:
            return *idle, no_update, no_update, *unchanged
        older = [run for run in runs if run["number"] != state.number]
        runs = [run_row(state, say), *older][:MOST_RUNS]
        return *idle, "", RIGHT, runs, drawn_trades(state), result_table(runs, say)


def _wire_bot(app: Dash, workbench: Workbench, say: Wording) -> None:
    where = [State(name, "value") for name in ("address", "username", "password")]

    @app.callback(
        Output("reload-box", "hidden"), Output("bot-facts", "children"), Output("bot-told", "children"),
        Output("bot-told", "className"),
        Input("look", "n_clicks"), Input("no-reload", "n_clicks"), Input("reload", "n_clicks"),
        State("strategy", "value"), *where,
        prevent_initial_call=True,
        running=[(Output(name, "disabled"), True, False) for name in ("look", "reload", "no-reload")]
        + [(Output("bot-told", "children"), say("waits"), "")],
    )  # fmt: skip
    def talk(look: Any, no: Any, do: Any, strategy: str, *asked: str) -> Answer:
        if ctx.triggered_id == "no-reload":
            return True, "", "", RIGHT
        try:
            access = workbench.access(*[(text or "").strip() for text in asked])
            if ctx.triggered_id == "look":
                return False, _reload_question(workbench, strategy, access, say), "", RIGHT
            return True, "", say.said(workbench.reload_bot(strategy, access)), RIGHT
        except LabError as error:
            return True, "", say.said(str(error)), WRONG


def _reload_question(workbench: Workbench, strategy: str, access: Any, say: Wording) -> str:
    facts = workbench.bot_facts(access)
    sentence = say.said(facts.sentence())
    if facts.strategy != strategy:
        raise LabError(say("other_strategy", facts=sentence, strategy=strategy))
    return say("reload_question", facts=sentence, file=workbench.presets[strategy].settings_file.name)
