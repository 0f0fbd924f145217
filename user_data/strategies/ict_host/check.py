"""Say whether the bot could start with a configuration.

usage: python -m ict_host.check [-c FILE ...] --strategy NAME [options of freqtrade trade]

Settings, keys, clock, account and addresses are checked, and what the exchange and the bot's database hold.
Nothing is changed and no order is sent. It takes what `freqtrade trade` takes.

  -c, --config FILE     a configuration; again for each overlay, the last one wins
  --strategy NAME       the strategy's class
  --strategy-path DIR   its folder, where it is not user_data/strategies
  --userdir DIR         Freqtrade's user_data

Exit code: 0 if the bot could start, 2 if not.
"""

import logging
import os
import sys
from collections.abc import Sequence
from typing import Any

REFUSED, INTERRUPTED = 2, 130


def main(words: Sequence[str] | None = None) -> int:
    """Check a start and return the exit code: 0 if the bot could start, 2 if not.

    Parameters
    ----------
    words
        The words that `freqtrade` gets; the process's own if None. `trade` may be left out.
    """
    given = sys.argv[1:] if words is None else words
    if {"-h", "--help"} & {*given}:
        print((__doc__ or "").strip())
        return 0
    print("Checking configuration, keys, clock and account ...", flush=True)
    # Freqtrade's own account of all its steps would hide the one sentence.
    logging.disable(logging.CRITICAL)
    # The running bot alone writes its log file: two processes must not rotate one.
    os.environ["FREQTRADE__LOGFILE"] = ""
    # Here, for Freqtrade takes seconds to import.
    from ict_host.rehearsal import StartError, check, configured
    from ict_host.start_error import spoken

    config: dict[str, Any] = {}
    try:
        config = configured(given)
        found = check(config)
    except StartError as error:
        print(spoken(config, f"The bot can't start: {error}"), file=sys.stderr)
        return REFUSED
    print(spoken(config, f"The bot can start: {found}"))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
