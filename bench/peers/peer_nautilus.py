from decimal import Decimal

import nautilus_trader
from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.config import LoggingConfig
from nautilus_trader.indicators import ExponentialMovingAverage
from nautilus_trader.model import BarType, Money, Price, Quantity, Venue
from nautilus_trader.model.currencies import BTC, USDT
from nautilus_trader.model.enums import AccountType, OmsType, OrderSide
from nautilus_trader.model.identifiers import InstrumentId, Symbol
from nautilus_trader.model.instruments import CurrencyPair
from nautilus_trader.persistence.wranglers import BarDataWrangler
from nautilus_trader.trading.strategy import Strategy
from timing import FEE, LONG, SHORT, measure

VENUE = Venue("SIM")
ID = InstrumentId(Symbol("BTCUSDT"), VENUE)
BAR_TYPE = BarType.from_str(f"{ID}-1-MINUTE-LAST-EXTERNAL")
CAPITAL = 10_000


def instrument():
    fee = Decimal(str(FEE))
    return CurrencyPair(
        instrument_id=ID,
        raw_symbol=Symbol("BTCUSDT"),
        base_currency=BTC,
        quote_currency=USDT,
        price_precision=8,
        size_precision=8,
        price_increment=Price(1e-8, 8),
        size_increment=Quantity(1e-8, 8),
        maker_fee=fee,
        taker_fee=fee,
        ts_event=0,
        ts_init=0,
    )


class Cross(Strategy):
    def on_start(self):
        self.fast, self.slow = ExponentialMovingAverage(SHORT), ExponentialMovingAverage(LONG)
        self.above = None
        self.held = None
        self.entries = 0
        self.traded = self.cache.instrument(ID)
        self.register_indicator_for_bars(BAR_TYPE, self.fast)
        self.register_indicator_for_bars(BAR_TYPE, self.slow)
        self.subscribe_bars(BAR_TYPE)

    def on_bar(self, bar):
        if not self.slow.initialized:
            return
        above = self.fast.value > self.slow.value
        if above and self.above is False and self.held is None:
            cash = float(self.portfolio.account(VENUE).balance_free(USDT))
            # Ten lots less: what exceeds the size of its book fills a tick higher, and debt would end the run.
            self.held = Quantity(cash / (float(bar.close) * (1 + FEE)) - 1e-7, 8)
            self.submit_order(self.order_factory.market(ID, OrderSide.BUY, self.held))
            self.entries += 1
        elif not above and self.above and self.held is not None:
            self.submit_order(self.order_factory.market(ID, OrderSide.SELL, self.held))
            self.held = None
        self.above = above


def run(bars):
    engine = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True), run_analysis=False))
    engine.add_venue(
        VENUE, OmsType.NETTING, AccountType.CASH, starting_balances=[Money(CAPITAL, USDT), Money(0, BTC)]
    )
    traded = instrument()
    engine.add_instrument(traded)
    engine.add_data(BarDataWrangler(BAR_TYPE, traded).process(bars))
    strategy = Cross()
    engine.add_strategy(strategy)
    engine.run()
    account = strategy.portfolio.account(VENUE)
    value = float(account.balance_total(USDT)) + float(account.balance_total(BTC)) * bars["close"].iloc[-1]
    engine.dispose()
    return value / CAPITAL - 1, strategy.entries


measure("nautilus_trader", nautilus_trader.__version__, run)
