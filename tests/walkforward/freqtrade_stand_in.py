"""A stand-in for Freqtrade that a test ships in its place: the same files, made in no time, always the same.

What it does comes from the last configuration: `marks`, a folder in which it leaves its process's number;
`seconds`, how long a search takes; `empty` and `broken`, timeranges that begin so and find nothing or fail.
"""

import json
import os
import sys
import time
import zipfile
import zlib
from pathlib import Path


def option(name):
    return sys.argv[sys.argv.index(name) + 1]


def trade(number, timerange):
    """Make a long at 100, stopped at 95, that gains or loses by chance: by its name's checksum."""
    day = int(timerange.split("-")[0]) + 86400 * number
    close = 90 + zlib.crc32(f"{number} {timerange}".encode()) % 200 / 10
    at = {"open": day, "close": day + 3600}
    orders = [
        {"amount": 1.0, "safe_price": price, "ft_is_entry": entry, "order_filled_timestamp": at[when] * 1000}
        for price, entry, when in ((100.0, True, "open"), (close, False, "close"))
    ]
    return {
        "pair": "BTC/USDT:USDT", "stake_amount": 100.0, "max_stake_amount": 100.0, "amount": 1.0,
        "open_date": f"{stamp(day)}+00:00", "close_date": f"{stamp(day + 3600)}+00:00", "open_rate": 100.0,
        "close_rate": close, "fee_open": 0.0, "fee_close": 0.0, "trade_duration": 60,
        "profit_ratio": (close - 100) / 100, "profit_abs": close - 100, "exit_reason": "roi",
        "initial_stop_loss_abs": 95.0, "initial_stop_loss_ratio": -0.1, "stop_loss_abs": 95.0,
        "stop_loss_ratio": -0.05, "min_rate": 90.0, "max_rate": 110.1, "is_open": False, "enter_tag": "ob",
        "leverage": 1.0, "is_short": False, "open_timestamp": day * 1000,
        "close_timestamp": (day + 3600) * 1000, "orders": orders, "funding_fees": 0.0,
    }  # fmt: skip


def stamp(seconds):
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(seconds))


def results(timerange, shift, trades=3):
    start, end = (int(part) for part in timerange.split("-"))
    made = [trade(number + shift, timerange) for number in range(trades)]
    profit = sum(each["profit_abs"] for each in made)
    return {
        "strategy_name": option("--strategy"), "trades": made, "total_trades": trades,
        "profit_total": profit / 10_000, "profit_total_abs": profit, "pairlist": ["BTC/USDT:USDT"],
        "timeframe": "15m", "backtest_start_ts": start * 1000, "backtest_end_ts": end * 1000,
        "starting_balance": 10_000, "stake_currency": "USDT", "use_custom_stoploss": True,
        "daily_profit": [[each["close_date"][:10], each["profit_abs"]] for each in made],
    }  # fmt: skip


def epoch(number, timerange, empty):
    found = results(timerange, number, 0 if empty else 3)
    return {
        "loss": 100_000 if empty else -found["profit_total_abs"] / 10, "current_epoch": number,
        "params_details": {"exits": {"risk_reward": 1 + number / 10}}, "params_not_optimized": {"roi": {}},
        "results_metrics": found,
    }  # fmt: skip


def hyperopt(timerange, behaviour):
    mark(timerange, behaviour)
    number, strategy = int(option("--epochs")), option("--strategy")
    empty = timerange.startswith(tuple(behaviour["empty"]))
    epochs = [epoch(each, timerange, empty) for each in range(1, number + 1)]
    with Path("user_data/hyperopt_results/strategy.fthypt").open("w") as file:
        for each in epochs:
            file.write(json.dumps(each) + "\n")
            file.flush()
            time.sleep(behaviour["seconds"] / number)
    best = min(epochs, key=lambda each: each["loss"])
    if not empty:
        Path("strategies", f"{strategy}.json").write_text(json.dumps(best["params_details"]))
    Path(behaviour["marks"]).with_name("ended").joinpath(str(os.getpid())).touch()


def mark(timerange, behaviour):
    import psutil

    worker = psutil.Process().parent().parent().pid
    Path(behaviour["marks"], f"{worker}-{timerange}-{os.getpid()}").touch()


def backtesting(timerange):
    chosen = json.loads(Path("strategies", f"{option('--strategy')}.json").read_text())
    shift = round(chosen["exits"]["risk_reward"] * 10)
    name = f"backtest-result-{timerange}"
    content = {"strategy": {option("--strategy"): results(timerange, shift)}, "strategy_comparison": []}
    with zipfile.ZipFile(f"user_data/backtest_results/{name}.zip", "w") as archive:
        archive.writestr(f"{name}.json", json.dumps(content))


def main():
    assert list(Path("data/futures").iterdir()), "the candles were not shipped"
    behaviour = json.loads(Path(sys.argv[-1]).read_text())
    timerange = option("--timerange")
    if timerange.startswith(tuple(behaviour["broken"])):
        sys.exit("the stand-in was told to fail")
    if sys.argv[1] == "hyperopt":
        hyperopt(timerange, behaviour)
    else:
        backtesting(timerange)


main()
