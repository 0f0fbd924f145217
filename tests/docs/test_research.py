"""docs/research.md tells what the verdict asks for, in its figures and its words."""

import re

import pytest
from ict_lab.statistics.expectancy import LEAST_FOR_CLAIM
from ict_lab.verdict.judgement import CERTAIN, SIGNIFICANT

from tests.docs.markdown import ROOT, read, table_with
from tests.docs.texts import HOLE, said_by
from tests.support.places import LAB

PAGE = read(ROOT / "docs" / "research.md")
ROWS = table_with(PAGE, "question", "requirement", "otherwise")


def test_the_figures_are_those_of_the_verdict() -> None:
    asked = " ".join(row[1] for row in ROWS)
    things = {thing: least for thing, least in LEAST_FOR_CLAIM.items() if " with " not in thing}
    assert all(f"{least} {thing}s" in asked for thing, least in things.items())
    assert f"in {LEAST_FOR_CLAIM['week with trades']} weeks" in asked
    assert f"at most {SIGNIFICANT * 100:g} % of the draws" in asked
    assert f"with {CERTAIN * 100:g} % probability" in asked
    # The headline begins as the page says, and every doubt is in the table.
    said = list(said_by([LAB / "verdict" / "sentences.py"]))
    for beginning in re.findall(r'begins with "(.+?)" or "(.+?)"', PAGE)[0]:
        assert any(text.startswith(beginning) for text in said)
    source = read(LAB / "verdict" / "judgement.py")
    doubts = source[source.index("def doubts") : source.index("def shown")]
    # One of them is not a question of its own: without candles there is nothing to compare with.
    assert doubts.count("found.append(") == len(ROWS) + 1


@pytest.mark.parametrize("quote", [row[2].strip('"') for row in ROWS])
def test_the_verdict_can_say_it(quote: str) -> None:
    files = [LAB / "verdict" / "judgement.py", LAB / "statistics" / "expectancy.py"]
    said = [text.replace(HOLE, "...") for text in said_by(files)]
    assert any(quote.removeprefix("there are ") in text for text in said)
