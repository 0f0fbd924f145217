"""The page that follows a running bot, beside the tuning page: what it would do now, and why not."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from html import escape
from itertools import groupby

from flask import Flask, Response, request

from ict.now.facts import Now, PairNow
from ict.now.sentences import needs, reason
from ict.now.text import account_rows, heading, health_rows, pair_rows, price_of
from ict.words.formatting import utc_text
from ict.words.languages import LANGUAGES, WORDS, Language
from ict_lab.defaults import STRATEGY
from ict_lab.errors import LabError
from ict_lab.tune.bot_file import bots_in, runs
from ict_lab.tune.now import now_on_candles
from ict_lab.tune.workbench import Workbench
from ict_lab.words import Wording

# Candles on disk change when somebody downloads some.
CANDLE_SECONDS, REFRESH_MILLISECONDS = 60.0, 3_000

Rows = Iterable[tuple[str, str]]


class NowPage:
    """Answers the page's two addresses: /now, and /now/part for what is in it.

    Parameters
    ----------
    server : Flask
        Of the tuning page.
    workbench : Workbench
        Where the bot writes, and which candles there are.
    """

    def __init__(self, server: Flask, workbench: Workbench) -> None:
        self._workbench, self._lock = workbench, threading.Lock()
        self._candles: tuple[float, Now] | None = None
        server.add_url_rule("/now", "now", self._page)
        server.add_url_rule("/now/part", "now_part", self._part)

    def _page(self) -> Response:
        language = self._language()
        frame = _FRAME.format(
            language=language,
            tune=escape(Wording(language)("tune")),
            title=escape(WORDS[language]["now_summary"]),
            milliseconds=REFRESH_MILLISECONDS,
            part=self._content(language),
            style=_STYLE,
            others=_others(language),
        )
        return Response(frame, mimetype="text/html")

    def _part(self) -> Response:
        return Response(self._content(self._language()), mimetype="text/html")

    def _language(self) -> Language:
        asked = request.args.get("language")
        return asked if asked in LANGUAGES else self._workbench.setup.language

    def _content(self, language: Language) -> str:
        try:
            return "".join(content(now, datetime.now(UTC), language) for now in self._shown())
        except LabError as error:
            return f"<p class=wrong>{escape(Wording(language).said(str(error)))}</p>"

    def _shown(self) -> list[Now]:
        at = datetime.now(UTC)
        running = [now for now in bots_in(self._workbench.setup.user_data) if runs(now, at)]
        return running or [self._on_candles()]

    def _on_candles(self) -> Now:
        with self._lock:
            if self._candles is None or time.monotonic() - self._candles[0] > CANDLE_SECONDS:
                presets = self._workbench.presets
                strategy = STRATEGY if STRATEGY in presets else next(iter(presets))
                self._candles = time.monotonic(), now_on_candles(self._workbench, strategy)
            return self._candles[1]


def content(now: Now, at: datetime, language: Language) -> str:
    """Write one bot's answer as HTML.

    Parameters
    ----------
    now : Now
        What is known.
    at : datetime
        The present, timezone-aware.
    language : Language
        One of `LANGUAGES`.
    """
    words = WORDS[language]
    cards = [_pair_card(pair, language) for pair in now.pairs]
    if now.account or now.next_window:
        rows = [*account_rows(now.account, words)] if now.account else []
        rows += [(words["now_next_window"], utc_text(now.next_window))] if now.next_window else []
        cards.append(_card(words["now_account"], _table(rows)))
    if now.health:
        cards.append(_card(words["now_health"], _table(health_rows(now, now.health, at, words))))
    return f"<h2>{escape(heading(now, words))}</h2><div class=cards>{''.join(cards)}</div>"


def _pair_card(pair: PairNow, language: Language) -> str:
    words = WORDS[language]
    said = "".join(f"<p>{escape(needs(side, language))}</p>" for side in pair.sides)
    verdict = f"<p class={'enters' if pair.enters else 'waits'}>{escape(reason(pair, language))}</p>"
    price = escape(price_of(pair, words))
    return _card(
        f"{pair.pair} {pair.timeframe}",
        f"<p class=price>{price}</p>{verdict}{said}{_table(pair_rows(pair, words))}",
    )


def _card(title: str, inner: str) -> str:
    return f"<section><h3>{escape(title)}</h3>{inner}</section>"


def _table(rows: Rows) -> str:
    return f"<dl>{''.join(_rows(rows))}</dl>"


def _rows(rows: Rows) -> Iterator[str]:
    """Write rows, the label of several once."""
    for label, group in groupby(rows, key=lambda row: row[0]):
        values = "".join(f"<dd>{escape(value)}</dd>" for _, value in group)
        yield f"<div><dt>{escape(label)}</dt>{values}</div>"


def _others(language: Language) -> str:
    names = {"en": "English", "ko": "한국어"}
    others = [name for name in LANGUAGES if name != language]
    return " ".join(f"<a href='/now?language={name}'>{names.get(name, name)}</a>" for name in others)


_STYLE = """
:root { color-scheme: light dark; --ground: #f6f7f9; --card: #fff; --ink: #1b1f24; --faint: #5d6673;
  --line: #dfe3e8; --good: #0a66c2; --wait: #9a5b00; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171b; --card: #1d2126; --ink: #e6e9ed;
  --faint: #9aa4b1; --line: #30363d; --good: #6cb6ff; --wait: #f0b35e; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 12px; background: var(--ground); color: var(--ink);
  font: 15px/1.45 system-ui, "Noto Sans KR", sans-serif; overflow-wrap: anywhere; }
nav { display: flex; gap: 16px; color: var(--faint); }
a { color: var(--good); }
h2 { font-size: 14px; font-weight: 400; color: var(--faint); margin: 12px 0; }
.cards { display: grid; gap: 12px; grid-template-columns: repeat(auto-fill, minmax(min(100%, 460px), 1fr));
  align-items: start; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; }
h3 { margin: 0; font-size: 16px; }
p { margin: 4px 0; color: var(--faint); }
p.price { color: var(--ink); }
p.enters, p.waits { font-weight: 600; }
p.enters { color: var(--good); }
p.waits { color: var(--wait); }
p.wrong { color: var(--wait); }
dl { margin: 8px 0 0; font-size: 13px; font-variant-numeric: tabular-nums; }
dl div { border-top: 1px solid var(--line); padding: 5px 0; display: grid; grid-template-columns: 8.5em 1fr;
  column-gap: 8px; }
dt { color: var(--faint); grid-row: span 20; }
dd { margin: 0 0 2px; grid-column: 2; white-space: pre-wrap; }
p.price { white-space: pre-wrap; }
@media (max-width: 520px) { dl div { display: block; } }
#lost { display: none; color: var(--wait); }
"""
_FRAME = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{style}</style></head>
<body><nav><a href="/">{tune}</a> {others} <span id="lost">…</span></nav><main id="now">{part}</main>
<script>
setInterval(async () => {{
  const lost = document.getElementById("lost");
  try {{
    const answer = await fetch("/now/part?language={language}");
    if (!answer.ok) throw new Error();
    document.getElementById("now").innerHTML = await answer.text();
    lost.style.display = "none";
  }} catch {{ lost.style.display = "inline"; }}
}}, {milliseconds});
</script></body></html>
"""
