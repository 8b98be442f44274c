import warnings

import backtesting
from backtesting import Backtest, Strategy
from backtesting.lib import crossover
from timing import FEE, LONG, SHORT, ema, measure

warnings.filterwarnings("ignore")
# The bar of progress would be timed with the run.
backtesting.backtesting._tqdm = lambda sequence, **_: sequence


class Cross(Strategy):
    def init(self):
        self.fast = self.I(ema, self.data.Close, SHORT)
        self.slow = self.I(ema, self.data.Close, LONG)

    def next(self):
        if crossover(self.fast, self.slow):
            self.buy()
        elif crossover(self.slow, self.fast):
            self.position.close()


def run(bars):
    # Whole units only: with a million, rounding costs little.
    backtest = Backtest(bars.rename(columns=str.capitalize), Cross, cash=1_000_000, commission=FEE, finalize_trades=True)
    stats = backtest.run()
    return stats["Return [%]"] / 100, stats["# Trades"]


measure("backtesting.py", backtesting.__version__, run)
