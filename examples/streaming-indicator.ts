import { syntheticBars } from 'valvulin/data';
import { ema, emaIndicator, stream } from 'valvulin/indicators';

const [bars] = syntheticBars({ symbols: ['BTCUSDT'], timeframe: '1h', seed: 7, bars: 500 });

// The whole column at once, as in a backtest …
const batch = ema(bars.close, 12);

// … and bar by bar, as in live trading: equal to the last bit
const streaming = stream(emaIndicator, { length: 12 });
for (let i = 0; i < bars.length; i++) {
  const value = streaming.update(bars.close[i]);
  if (!Object.is(value, batch[i])) throw new Error(`Bar ${i} differs: ${value} and ${batch[i]}`);
}
console.log(`${bars.length} bars agree; the last is ${batch.at(-1)?.toFixed(2)}`);
