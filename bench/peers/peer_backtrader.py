from array import array

import backtrader as bt
from timing import FEE, LONG, SHORT, ema, measure


class SeededEma(bt.Indicator):
    """Its own average starts from a simple mean; this one starts from the first close, like everyone's here."""

    lines = ("ema",)
    params = (("length", 10),)

    def __init__(self):
        self.addminperiod(self.p.length)

    def once(self, start, end):
        self.lines.ema.array[:end] = array("d", ema(self.data.array, self.p.length)[:end])


class Cross(bt.Strategy):
    def __init__(self):
        closes = self.data.close
        self.cross = bt.ind.CrossOver(SeededEma(closes, length=SHORT), SeededEma(closes, length=LONG))
        self.wish = 0
        self.entries = 0

    def next(self):
        self.wish = self.cross[0]

    def next_open(self):
        # Orders are given as the bar opens, so that "all in" knows the price it pays.
        if self.wish > 0 and not self.position:
            self.buy(size=self.broker.getcash() / (self.data.open[0] * (1 + FEE)) * (1 - 1e-12))
            self.entries += 1
        elif self.wish < 0 and self.position:
            self.close()


def run(bars):
    cerebro = bt.Cerebro(stdstats=False, cheat_on_open=True)
    cerebro.adddata(bt.feeds.PandasData(dataname=bars))
    cerebro.addstrategy(Cross)
    cerebro.broker.setcash(10_000)
    cerebro.broker.setcommission(commission=FEE)
    strategy = cerebro.run()[0]
    return cerebro.broker.getvalue() / 10_000 - 1, strategy.entries


measure("backtrader", bt.__version__, run)
