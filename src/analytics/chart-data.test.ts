import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ema, randomWalk } from '../../test/fixtures/run-report.ts';
import { makeTrade } from '../../test/fixtures/trades.ts';
import { chartData } from './chart-data.ts';
import { detailWindows } from './detail-windows.ts';
import { placeIndicators } from './indicator-panes.ts';
import { embeddedJson, escapeHtml, htmlPage } from './page-assets.ts';
import { safeFileName } from './write-file.ts';

describe('detail windows', () => {
  const trade = (id: number, entryBar: number, exitBar: number, profit = 1) =>
    makeTrade({ id, profit, entryBar, exitBar });

  test('neighbours share one, and a long trade shows its two ends', () => {
    const plan = detailWindows([trade(1, 1000, 1010), trade(2, 1100, 1105), trade(3, 5000, 9000)], 10_000, 5_000);
    expect(plan.windows).toEqual([
      { from: 920, to: 1186 },
      { from: 4920, to: 5081 },
      { from: 8920, to: 9081 },
    ]);
    expect(plan.covered).toBe(3);
  });

  test('where the budget is short the largest results come first', () => {
    const plan = detailWindows([trade(1, 100, 101, 1), trade(2, 500, 501, -9), trade(3, 900, 901, 5)], 1_000, 60);
    expect(plan.covered).toBe(2);
    expect(plan.windows.map(({ from, to }) => (from + to) / 2)).toEqual([501, 901]);
  });

  test('stay inside the bars, in order, apart and within the budget', () => {
    const bars = fc.array(fc.tuple(fc.nat(4999), fc.nat(900)), { maxLength: 40 });
    fc.assert(
      fc.property(bars, fc.integer({ min: 100, max: 3000 }), (list, budget) => {
        const trades = list.map(([entry, held], i) => trade(i, entry, Math.min(4999, entry + held), i));
        const { windows } = detailWindows(trades, 5_000, budget);
        let end = -1;
        let size = 0;
        for (const { from, to } of windows) {
          expect(from).toBeGreaterThan(end);
          expect(to).toBeGreaterThan(from);
          expect(to).toBeLessThanOrEqual(5_000);
          size += to - from;
          end = to;
        }
        expect(size).toBeLessThanOrEqual(budget);
      }),
    );
  });
});

describe('indicator panes', () => {
  const bars = randomWalk('X', '1h', 500, 3);
  const near = ema(bars.close, 20);
  const around = (level: number, swing: number) =>
    Float64Array.from({ length: 500 }, (_, i) => level + swing * Math.sin(i / 9));
  const panes = (indicators: Record<string, ArrayLike<number>>) =>
    Object.fromEntries(placeIndicators(bars, indicators).map(({ name, pane }) => [name, pane]));

  test('what follows the price lies over it; what begins alike or ranges alike shares a pane', () => {
    expect(
      panes({ ema: near, macd: around(0, 90), macd_signal: around(0, 5), rsi: around(50, 30), stoch: around(50, 32) }),
    ).toEqual({ ema: 0, macd: 1, macd_signal: 1, rsi: 2, stoch: 2 });
  });

  test('order columns, empty ones and a fifth pane are left out', () => {
    const empty = new Float64Array(500).fill(Number.NaN);
    const many = { a: around(1e2, 1), b: around(1e3, 1), c: around(1e6, 1), d: around(1e7, 1), e: around(1e8, 1) };
    expect(panes({ stop_loss: near, empty, ...many })).toEqual({ a: 1, b: 2, c: 3, d: 4 });
  });
});

describe('chart data', () => {
  test('trades find their bars by time where their indexes belong to other bars', () => {
    const bars = randomWalk('X', '1h', 100, 3);
    const own = makeTrade({
      id: 1,
      profit: 1,
      entryBar: 9_000,
      exitBar: 9_001,
      entryTime: bars.time[40],
      exitTime: bars.time[50],
    });
    const options = { title: '', synthetic: false, indicators: {}, maxCandles: 1_000, detailBudget: 0 };
    const [row] = chartData(bars, [own], options).trades;
    expect(row?.slice(2, 4)).toEqual([40, 50]);
  });

  test('a long series is carried coarsely, and its candles hold every high and low', () => {
    const bars = randomWalk('X', '1m', 30_000, 3);
    const options = { title: '', synthetic: false, indicators: {}, maxCandles: 10_000, detailBudget: 1_000 };
    const data = chartData(
      bars,
      [makeTrade({ id: 1, profit: 1, entryBar: 5, exitBar: 9, entryTime: bars.time[5], exitTime: bars.time[9] })],
      options,
    );
    expect(data.whole.per).toBe(6);
    expect(data.whole.columns.high.n).toBe(5_000);
    expect(data.windows.length).toBe(1);
    expect(data.windows[0]?.columns.time.n).toBe(90);
  });
});

describe('pages', () => {
  test('nothing in the data can end its script element', () => {
    const hostile = '</script><script>alert(1)</script><!-- \u2028';
    const json = embeddedJson('x', { hostile });
    expect(json.match(/<\/script/g)?.length).toBe(1);
    const text = json.slice(json.indexOf('>') + 1, json.lastIndexOf('<'));
    expect(JSON.parse(text)).toEqual({ hostile });
    expect(escapeHtml(`<a href="'&">`)).toBe('&lt;a href=&quot;&#39;&amp;&quot;&gt;');
  });

  test('are one file: no import or export is left, nothing is loaded', () => {
    for (const entry of ['plot.js', 'report.js']) {
      const page = htmlPage({ title: 'x', body: '', data: [], entry });
      expect(page).not.toMatch(/^(import|export) /m);
      expect(page).not.toMatch(/<(script|link)[^>]+(src|href)="(?!data:)/);
      expect(page).toContain('TradingView');
    }
  });

  test('file names out of any text', () => {
    expect(safeFileName('../BTC/USDT 1h: "x"')).toBe('BTC-USDT-1h-x');
    expect(safeFileName('///')).toBe('untitled');
  });
});
