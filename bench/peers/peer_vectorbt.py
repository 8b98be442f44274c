import vectorbt as vbt
from timing import FEE, LONG, SHORT, measure


def run(bars):
    fast = vbt.MA.run(bars["close"], SHORT, ewm=True)
    slow = vbt.MA.run(bars["close"], LONG, ewm=True)
    # It fills on the bar of the signal, so that the next open needs signals moved by one bar.
    entries = fast.ma_crossed_above(slow).vbt.signals.fshift(1)
    exits = fast.ma_crossed_below(slow).vbt.signals.fshift(1)
    portfolio = vbt.Portfolio.from_signals(
        bars["close"], entries, exits, price=bars["open"], fees=FEE, init_cash=10_000, freq="1min"
    )
    return portfolio.total_return(), portfolio.trades.count()


measure("vectorbt", vbt.__version__, run)
