import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { writeHtmlReport } from '../../src/analytics/report/index.ts';
import { plotBacktestSignals } from '../../src/analytics/signals-plot.ts';
import { browserPath, launchBrowser, NO_BROWSER } from '../browser.ts';
import { makeReport, makeRun } from '../fixtures/run-report.ts';

interface Shown {
  readonly from: number;
  readonly per: number;
  readonly length: number;
}
interface Range {
  readonly from: number;
  readonly to: number;
}

const skipped = browserPath() === undefined;
if (skipped) console.warn(`Browser tests skipped: ${NO_BROWSER}`);

describe.skipIf(skipped)('pages in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'valvulin-pages-'));
  const run = makeRun({ length: 3_000 });
  const other = makeRun({ length: 3_000, symbol: 'ETHUSDT', strategy: 'rsi-divergence', seed: 5 });
  const long = makeRun({ timeframe: '1m', length: 120_000, every: 900 });
  let browser: Browser;
  let page: Page;
  let complaints: string[] = [];
  let fetched: string[] = [];

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterEach(async () => {
    await page.close();
    expect(complaints).toEqual([]);
    // Self-contained: the file itself and what is inside it.
    expect(fetched.filter((url) => !/^(file|data|blob):/.test(url))).toEqual([]);
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  async function open(path: string, width = 1280, colorScheme: 'light' | 'dark' = 'light'): Promise<void> {
    complaints = [];
    fetched = [];
    page = await browser.newPage({ viewport: { width, height: 860 }, colorScheme });
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => fetched.push(request.url()));
    await page.goto(pathToFileURL(path).href);
  }

  /** Of the chart under this name in the page's own handle. */
  const look = async (view: string): Promise<{ shown: Shown; range: Range }> => ({
    shown: await page.evaluate<Shown>(`${view}.shown()`),
    range: await page.evaluate<Range>(`${view}.chart.timeScale().getVisibleLogicalRange()`),
  });
  const settled = () =>
    page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  const overflow = () => page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');

  describe('signals plot', () => {
    const trades = run.result.trades;
    const title = 'Plot of </script><b>"x"';
    const write = () =>
      plotBacktestSignals(run.bars, trades, {
        title,
        indicators: run.indicators,
        outputDir: folder,
        fileName: 'plot.html',
        synthetic: true,
      });

    test('lists the trades, and a click moves the chart to one', async () => {
      await open(await write());
      expect(await page.locator('h1').textContent()).toBe(title);
      expect(await page.locator('.badge.warn').textContent()).toBe('SYNTHETIC DATA');
      expect(await page.locator('.count').textContent()).toBe(`1–50 of ${trades.length}`);
      const before = await look('valvulin');
      await page.locator('#trades tbody tr').nth(3).click();
      await settled();
      const { range } = await look('valvulin');
      const trade = trades[3];
      expect(range).not.toEqual(before.range);
      expect(range.from).toBeLessThan(trade?.entryBar ?? 0);
      expect(range.to).toBeGreaterThan(trade?.exitBar ?? 0);
      expect(range.to - range.from).toBeLessThan(300);
      expect(await page.locator('tr.picked td').first().textContent()).toBe('4');
      expect(await page.locator('.legend').textContent()).toContain('ema_short');
    });

    test('sorts by profit and filters', async () => {
      await open(await write());
      await page.getByRole('button', { name: 'Profit' }).click();
      const best = trades.reduce((a, b) => (b.profit > a.profit ? b : a));
      expect(await page.locator('#trades tbody tr').first().locator('td').nth(3).textContent()).toBe(
        `+${best.profit.toFixed(2)}`,
      );
      await page.getByRole('searchbox').fill('short stop');
      const expected = trades.filter((t) => t.side === 'SHORT' && t.exitReason === 'stop_loss').length;
      expect(await page.locator('#trades tbody tr').count()).toBe(Math.min(50, expected));
    });

    test('follows the system theme until the reader chooses', async () => {
      await open(await write(), 1280, 'dark');
      const theme = () => page.evaluate<string>('document.documentElement.dataset.theme');
      const background = () => page.evaluate<string>('valvulin.chart.options().layout.background.color');
      expect(await theme()).toBe('dark');
      const dark = await background();
      await page.locator('#theme').click();
      expect(await theme()).toBe('light');
      expect(await background()).not.toBe(dark);
    });

    test('fits a telephone', async () => {
      await open(await write(), 390);
      await settled();
      expect(await overflow()).toBeLessThanOrEqual(0);
      expect(await page.locator('#trades tbody tr').count()).toBeGreaterThan(10);
    });

    test('a long series shows its whole coarsely, a trade in full detail, and the whole again when zoomed out', async () => {
      const path = await plotBacktestSignals(long.bars, long.result.trades, {
        outputDir: folder,
        fileName: 'long.html',
      });
      expect(statSync(path).size).toBeLessThan(6_000_000);
      await open(path);
      await settled();
      const overview = await look('valvulin');
      expect(overview.shown.per).toBeGreaterThan(1);
      expect(overview.range.to - overview.range.from).toBeGreaterThan(0.9 * overview.shown.length);
      const index = long.result.trades.findIndex((t) => t.exitBar - t.entryBar < 80);
      const trade = long.result.trades[index];
      await page.evaluate(`valvulin.showTrade(${index})`);
      await settled();
      const detail = await look('valvulin');
      expect(detail.shown.per).toBe(1);
      expect(detail.shown.from + detail.range.from).toBeLessThan(trade?.entryBar ?? 0);
      expect(detail.shown.from + detail.range.to).toBeGreaterThan(trade?.exitBar ?? 0);
      await page.evaluate('valvulin.chart.timeScale().setVisibleLogicalRange({ from: -9000, to: 9000 })');
      await settled();
      expect((await look('valvulin')).shown.per).toBe(overview.shown.per);
      // And zooming in on the same trade by hand brings the detail back.
      const at = ((trade?.entryBar ?? 0) + 2) / overview.shown.per;
      const half = 60 / overview.shown.per;
      await page.evaluate(
        `valvulin.chart.timeScale().setVisibleLogicalRange({ from: ${at - half}, to: ${at + half} })`,
      );
      await settled();
      expect((await look('valvulin')).shown.per).toBe(1);
    });

    test('a long trade shows its entry, then its exit, then itself as a whole', async () => {
      await open(
        await plotBacktestSignals(long.bars, long.result.trades, { outputDir: folder, fileName: 'ends.html' }),
      );
      const index = long.result.trades.findIndex((t) => t.exitBar - t.entryBar > 700);
      const trade = long.result.trades[index];
      const jump = async (): Promise<{ per: number; from: number; to: number }> => {
        await page.evaluate(`valvulin.showTrade(${index})`);
        await settled();
        const { shown, range } = await look('valvulin');
        return { per: shown.per, from: shown.from + range.from * shown.per, to: shown.from + range.to * shown.per };
      };
      const entry = await jump();
      expect(entry.per).toBe(1);
      expect(entry.from).toBeLessThan(trade?.entryBar ?? 0);
      expect(entry.to).toBeGreaterThan(trade?.entryBar ?? 0);
      const exit = await jump();
      expect(exit.per).toBe(1);
      expect(exit.from).toBeLessThan(trade?.exitBar ?? 0);
      expect(exit.to).toBeGreaterThan(trade?.exitBar ?? 0);
      const whole = await jump();
      expect(whole.per).toBeGreaterThan(1);
      expect(whole.from).toBeLessThan(trade?.entryBar ?? 0);
      expect(whole.to).toBeGreaterThan(trade?.exitBar ?? 0);
    });

    test('a plot without trades says so', async () => {
      await open(await plotBacktestSignals(run.bars, [], { outputDir: folder, fileName: 'none.html' }));
      expect(await page.locator('#trades').textContent()).toBe('No trades.');
    });
  });

  describe('report', () => {
    const report = makeReport([run, other], 'two walks');
    const write = () => writeHtmlReport(report, { outputDir: folder });

    test('shows figures, and a click on a trade opens the chart of its run there', async () => {
      await open(await write());
      expect(await page.locator('.badge.warn').first().textContent()).toBe('SYNTHETIC DATA');
      expect(await page.locator('.card').count()).toBe(12);
      expect(await page.locator('body').innerText()).not.toMatch(/NaN|Infinity|undefined/);
      expect(await page.locator('#trades .count').textContent()).toBe(`1–50 of ${report.portfolio.trades.length}`);
      const index = report.portfolio.trades.findIndex((t) => t.symbol === 'ETHUSDT');
      const trade = report.portfolio.trades[index];
      await page.locator('#trades tbody tr').nth(index).click();
      await settled();
      expect(await page.locator('#runs [aria-selected=true]').textContent()).toBe('ETHUSDT 1h rsi-divergence');
      const { range } = await look('valvulin.views.get(1).view');
      expect(range.from).toBeLessThan(trade?.entryBar ?? 0);
      expect(range.to).toBeGreaterThan(trade?.exitBar ?? 0);
      expect(range.to - range.from).toBeLessThan(300);
    });

    test('states assumptions, refusals, causality, data notes and hashes', async () => {
      await open(await write());
      const text = (await page.locator('main').textContent()) ?? '';
      for (const part of [
        'fill when touched optimistic',
        'MAX_OPEN_TRADES',
        'passed, 120 of 3,000 possible cuts',
        '2 duplicate bars were dropped.',
        report.tradesHash,
        report.configHash,
        report.dataHash,
        '8766 periods a year',
      ]) {
        expect(text).toContain(part);
      }
    });

    test('a strategy that peeks makes the whole report invalid', async () => {
      const violation = { bar: 7, time: Date.UTC(2024, 0, 1), column: 'signal', withFuture: 1, withoutFuture: 0 };
      const causality = { passed: false, cuts: 3, possibleCuts: 9, violation };
      await open(await writeHtmlReport(makeReport([{ ...run, causality }], 'peeks'), { outputDir: folder }));
      expect(await page.locator('.badge.bad').textContent()).toContain('INVALID');
      expect(await page.locator('main').textContent()).toContain(
        'Bar 7 (2024-01-01 00:00): signal is 1 with later bars and 0 without',
      );
    });

    test.each([390, 1280])('has no sideways scroll at %i pixels, in either theme', async (width) => {
      await open(await write(), width, 'dark');
      await settled();
      expect(await overflow()).toBeLessThanOrEqual(0);
      await page.locator('#theme').click();
      await settled();
      expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('light');
      expect(await overflow()).toBeLessThanOrEqual(0);
    });

    test('no runs at all still make a page', async () => {
      await open(await writeHtmlReport(makeReport([], 'empty'), { outputDir: folder }));
      expect(await page.locator('body').innerText()).not.toMatch(/NaN|Infinity|undefined/);
      expect(await page.locator('.card').count()).toBe(12);
    });
  });
});
