"""The examples of docs/parameters.md can be used as they stand there."""

import json

from ict.drawing.settings import DrawingSettings
from ict.pair_groups import PairGroups
from ict.params import Params, settings
from tests.docs.markdown import ROOT, blocks, read

PAGE = read(ROOT / "docs" / "parameters.md")


def test_the_examples_are_valid() -> None:
    given = [json.loads(block.text) for block in blocks(PAGE, "json")]
    assert Params.parse(given[0]["ict"]) != Params()
    for space, values in given[1]["params"].items():
        assert {settings()[name].space for name in values} == {space}
        Params.parse(values)
    assert len(PairGroups.parse(given[2]["ict"]["pairs"]).groups) == 2
    assert DrawingSettings.parse(given[3]["ict_drawing"]) != DrawingSettings()
