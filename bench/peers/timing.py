"""What the peers share: reading the bars, timing a run and printing its result as one line of JSON."""

import json
import statistics
import sys
import time

import pandas as pd

SHORT, LONG, FEE = 10, 30, 1e-4
LONG_RUN_SECONDS = 10


def ema(values, length):
    """e += 2 / (length + 1) * (x - e), from the first value on; undefined before bar length - 1."""
    return pd.Series(values).ewm(span=length, adjust=False, min_periods=length).mean()


def measure(peer, version, run):
    """`script.py bars.csv repetitions`: one warm-up, then the median of the repetitions; without any, only the warm-up.

    After ten seconds no run is repeated: the noise of the machine no longer shows in its time.
    `run(bars)` returns (total return as a fraction, round trips begun).
    """
    path, repetitions = sys.argv[1], int(sys.argv[2])
    bars = pd.read_csv(path, float_precision="round_trip")
    bars.index = pd.to_datetime(bars.pop("timestamp"), utc=True).dt.tz_localize(None)
    result, first = timed(run, bars)
    times = []
    while len(times) < repetitions and sum(times) < LONG_RUN_SECONDS:
        times.append(timed(run, bars)[1])
    total_return, trades = result
    print(
        json.dumps(
            {
                "peer": peer,
                "version": version,
                "bars": len(bars),
                "seconds": statistics.median(times or [first]),
                "repetitions": len(times),
                "total_return": float(total_return),
                "trades": int(trades),
            }
        )
    )


def timed(run, bars):
    start = time.perf_counter()
    result = run(bars)
    return result, time.perf_counter() - start
