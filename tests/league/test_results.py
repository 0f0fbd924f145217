"""The league's judgement of tables whose answer is known by hand."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ict_lab.agreement import Agreement
from ict_lab.league.freqtrade import Checked
from ict_lab.league.page import as_html, as_markdown
from ict_lab.league.results import League, judge
from ict_lab.league.stretch import Stretch
from ict_lab.league.subjects import presets, variants_of
from ict_lab.league.tables import tables_of
from ict_lab.league.trading import Traded
from ict_lab.statistics.false_discovery import adjusted
from ict_lab.statistics.null_distribution import NullDistribution

START, END = pd.Timestamp("2024-01-01", tz="UTC"), pd.Timestamp("2024-12-29", tz="UTC")
STRETCH = Stretch(Path(), ("BTC/USDT:USDT",), "15m", START, END, ())
SAME = Checked(Agreement(100, 100, pd.Series(dtype=int), 0.0), "all of it")
OTHERWISE = replace(SAME, agreement=Agreement(99, 100, pd.Series({"another close_date": 1}), 0.0))


def test_p_values_are_adjusted_for_their_number_and_fitted() -> None:
    """Of four tests, the smallest counts four times, the second two times, the third 4/3 times.

    Fitted to five draws of mean 0 and deviation 1.5811: 4 lies 4 / (1.5811 * sqrt(1.2)) = 2.3094 off.
    """
    p = np.array([0.01, 0.04, 0.03, np.nan, 0.005])
    assert adjusted(p)[[0, 1, 2, 4]] == pytest.approx([0.02, 0.04, 0.04, 0.02])
    assert np.isnan(adjusted(p)[3])
    draws = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    assert NullDistribution(draws, draws, 10.0, 4.0, 10).fitted_p_value == pytest.approx(0.041043, abs=1e-6)


def trades_of(mean: float, count: int = 600) -> pd.DataFrame:
    """Make trades of +2 and -1 R in turns around a mean, eight hours apart."""
    closed = START + pd.Timedelta("8h") * np.arange(count)
    r = np.where(np.arange(count) % 3 == 0, 2.0, -1.0) + mean
    return pd.DataFrame(
        {
            "pair": "BTC/USDT:USDT", "side": "long", "opened": closed, "closed": closed, "session": "london",
            "net_r": r, "gross_r": r + 0.1, "maker_r": r,
        }
    )  # fmt: skip


def league_of(mean: float, checked: Checked = SAME, tries: int = 10) -> League:
    """Judge one model whose trades have a mean; without its fact they have none."""
    (base,) = presets(["ICTCisdStrategy"])
    chance = np.random.default_rng(1).normal(0.0, 0.05, 50)
    found = []
    for variant in variants_of(base):
        trades = trades_of(mean if variant.role == "base" else 0.0)
        returns = np.full(STRETCH.days, mean / 100) + np.random.default_rng(2).normal(0, 0.01, STRETCH.days)
        draws = chance if variant.role == "base" else np.zeros(0)
        found.append(Traded(variant, trades, returns, draws, draws))
    return judge(found, {base.name: checked}, STRETCH, tries)


@pytest.mark.parametrize(("mean", "checked", "tries", "verdict"), [
    (0.4, SAME, 10, "edge"),
    (0.4, OTHERWISE, 10, "not judged"),
    (0.4, Checked(None, "Freqtrade was not there"), 10, "not judged"),
    (0.0, SAME, 10, "nothing shown"),
    (-0.4, SAME, 10, "loss"),
    (0.4, SAME, 10**40, "nothing shown"),
])  # fmt: skip
def test_the_verdict_of_a_model(mean: float, checked: Checked, tries: int, verdict: str) -> None:
    (row,) = league_of(mean, checked, tries).rows
    assert row.verdict == verdict, row.doubts
    assert bool(row.doubts) == (verdict != "edge")


def test_what_a_fact_adds_is_the_difference_of_the_means() -> None:
    (added,) = league_of(0.4).added
    assert (added.model, added.fact) == ("Cisd", "discount")
    assert added.adds.mean == pytest.approx(0.4)
    assert added.q < 0.05
    assert (added.with_it.count, added.without.count) == (600, 600)


def test_one_sentence_stands_at_the_top_of_page_and_table() -> None:
    league = league_of(0.0)
    sentence = (
        "None of 1 models shows an edge after costs on BTC, 2024-01-01 to 2024-12-29; 0 show a loss; "
        "10 variants tried."
    )
    assert league.sentence == sentence
    assert as_markdown(league, ["a note"]).startswith(f"**{sentence}**")
    page = as_html(league, ["a <note>"])
    assert page.index(sentence) < page.index("<table>")
    assert "a &lt;note&gt;" in page
    for table in tables_of(league):
        assert all(len(row) == len(table.columns) for row in table.rows), table.title


@pytest.mark.parametrize(("name", "roles"), [
    ("ICTCisdStrategy", ["Cisd", "Cisd without discount"]),
    ("ICTBreakerStrategy", ["Breaker", "Breaker at close", "Breaker without true_breaker"]),
    ("ICTOrderBlockStrategy", ["OrderBlock", "OrderBlock at zone"]),
])  # fmt: skip
def test_each_model_has_its_twin_and_is_tried_without_each_fact(name: str, roles: list[str]) -> None:
    (base,) = presets([name])
    assert [variant.name for variant in variants_of(base)] == roles
