"""The tables of settings, and of what the presets change of them."""

from __future__ import annotations

from dataclasses import fields

from ICT2022ModelStrategy import ICT2022ModelStrategy
from ICTBreakerStrategy import ICTBreakerStrategy
from ICTCisdStrategy import ICTCisdStrategy
from ICTHigherBlockStrategy import ICTHigherBlockStrategy
from ICTInversionGapStrategy import ICTInversionGapStrategy
from ICTJudasSwingStrategy import ICTJudasSwingStrategy
from ICTObTrendStrategy import ICTObTrendStrategy
from ICTOrderBlockStrategy import ICTOrderBlockStrategy
from ICTOteTrendStrategy import ICTOteTrendStrategy
from ICTSilverBulletStrategy import ICTSilverBulletStrategy
from ICTSweepReversalStrategy import ICTSweepReversalStrategy
from ICTTurtleSoupStrategy import ICTTurtleSoupStrategy
from ICTUnicornStrategy import ICTUnicornStrategy

from ict import Params
from ict.drawing.settings import DrawingSettings, limits
from ict.params import settings
from ict.setting import Setting
from ict.words.languages import LANGUAGES
from ict.words.settings import ALERT_KINDS, MessageSettings
from ict_lab.docs.markdown import code, switch, table

PRESETS = (
    ICTOrderBlockStrategy,
    ICTObTrendStrategy,
    ICTSweepReversalStrategy,
    ICTSilverBulletStrategy,
    ICT2022ModelStrategy,
    ICTUnicornStrategy,
    ICTBreakerStrategy,
    ICTInversionGapStrategy,
    ICTTurtleSoupStrategy,
    ICTJudasSwingStrategy,
    ICTOteTrendStrategy,
    ICTCisdStrategy,
    ICTHigherBlockStrategy,
)


def parameters() -> str:
    """List every setting."""
    heading = ("parameter", "default", "allowed", "unit", "space", "search", "rule", "meaning")
    return table(heading, (_row(name, setting) for name, setting in settings().items()))


def _row(name: str, setting: Setting) -> list[str]:
    default = getattr(Params(), name)
    span = "on, off" if isinstance(default, bool) else f"{setting.low:g} to {setting.high:g}"
    searched = "no"
    if setting.search:
        whole = setting.choices or isinstance(default, bool)
        searched = "all" if whole else f"{setting.search[0]:g} to {setting.search[1]:g}"
    if setting.of_scores:
        searched = "scores that an entry can have"
    rules, about = setting.about.split(": ", 1)
    words = [*setting.choices, *filter(None, [setting.form_about])]
    allowed = ", ".join(words) or span
    return [code(name), switch(default), allowed, setting.unit, setting.space, searched, rules, about]


def presets() -> str:
    """List what each preset changes."""
    product = Params()
    rows = [
        [code(name), *(_changed(name, preset.preset, product) for preset in PRESETS)] for name in settings()
    ]
    heading = ["parameter", *(code(preset.__name__) for preset in PRESETS)]
    return table(heading, (row for row in rows if any(row[1:])))


def _changed(name: str, preset: Params, product: Params) -> str:
    value = getattr(preset, name)
    return switch(value) if value != getattr(product, name) else ""


def messages() -> str:
    """List the settings of the messages."""
    allowed = {"language": ", ".join(LANGUAGES), "alerts": ", ".join(ALERT_KINDS), "link": "a web address"}
    lists = {"alert_timeframes": "a list of timeframes", "alert_pairs": "a list of pairs or patterns"}
    rows = [
        [
            code(setting.name),
            "none" if setting.default in ((), "") else switch(setting.default),
            (allowed | lists).get(setting.name, "on, off"),
            setting.metadata["about"],
        ]
        for setting in fields(MessageSettings)
    ]
    return table(("setting", "default", "allowed", "meaning"), rows)


def drawing() -> str:
    """List the settings of the drawing."""
    rows = []
    for name, limit in limits().items():
        default = DrawingSettings()[name]
        allowed = "on, off" if limit.is_switch else f"{limit.low} to {limit.high}"
        rows.append([code(name), switch(default), allowed, limit.about])
    return table(("setting", "default", "allowed", "meaning"), rows)
