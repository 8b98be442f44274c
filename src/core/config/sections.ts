import { z } from 'zod';
import { DEFAULT_COSTS, DEFAULT_FILLS, NO_LIMITS } from '../settings.ts';
import { date, distance, limit, name, partialExit, sizing, symbol, timeframe } from './fields.ts';

export const logging = z.strictObject({
  level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info').describe('Least severe line to print.'),
});

const feedName = name.describe('Your name for the feed; unique.');
const feedSymbols = z
  .array(symbol)
  .min(1)
  .optional()
  .describe('Symbols it serves; without the key, all. The first feed in the list that serves a symbol is used.');

const binancePublicFeed = z
  .strictObject({
    name: feedName,
    type: z.literal('binance-public'),
    symbols: feedSymbols,
    params: z
      .strictObject({
        data_dir: z.string().min(1).default('data/history').describe('Folder of the history, from the config file.'),
        cache: z.boolean().default(true).describe('Keep a binary copy beside each file, so that it loads faster.'),
      })
      .prefault({})
      .describe('Settings of the feed.'),
  })
  .describe("Binance's public candles, without a key, as stored by `valvulin download`.");

const csvFeed = z
  .strictObject({
    name: feedName,
    type: z.literal('csv'),
    symbols: feedSymbols,
    params: z
      .strictObject({
        path: z
          .string()
          .min(1)
          .default('data/{symbol}_{timeframe}.csv')
          .describe('File, from the config file; {symbol} and {timeframe} are filled in. Any readable format.'),
        columns: z
          .array(z.string().min(1))
          .min(1)
          .optional()
          .describe('Column names in their order, for files without a header.'),
        strict: z.boolean().default(false).describe('Refuse files with defects instead of repairing what is safe.'),
      })
      .prefault({})
      .describe('Settings of the feed.'),
  })
  .describe('Files of your own: CSV (also .gz), Parquet, Arrow, JSON.');

const syntheticFeed = z
  .strictObject({
    name: feedName,
    type: z.literal('synthetic'),
    symbols: feedSymbols,
    params: z
      .strictObject({
        seed: z.int().min(0).default(7).describe('Another seed is another market; the same seed is the same one.'),
        from: date.default('2024-01-01').describe('Open time of the first bar, UTC.'),
        bars: z.int().min(10).max(20_000_000).default(17_520).describe('How many bars of `timeframe` to generate.'),
        timeframe: timeframe.default('1h').describe('Bar length to generate; higher ones are built from it.'),
      })
      .prefault({})
      .describe('Settings of the feed.'),
  })
  .describe('An invented market, always labelled as such: for learning and tests, never for conclusions.');

const address = (protocol: RegExp, example: string) =>
  z.string().regex(protocol, `Expected an address such as ${example}`);

const binanceLiveFeed = z
  .strictObject({
    name: feedName,
    type: z.literal('binance-live'),
    symbols: feedSymbols,
    params: z
      .strictObject({
        endpoints: z
          .union([
            z.enum(['binance', 'binance-testnet', 'binance-demo']),
            z.strictObject({
              rest: address(/^https?:\/\//, 'http://127.0.0.1:8080').describe('Address before /api/v3.'),
              ws: address(/^wss?:\/\//, 'ws://127.0.0.1:8080').describe('Address before /stream.'),
            }),
          ])
          .default('binance')
          .describe('Whose prices; or the addresses of an exchange that speaks the same language.'),
        data_dir: z
          .string()
          .min(1)
          .default('data/history')
          .describe('Folder of the history for the warm-up, from the config file.'),
        stale_after_ms: z
          .int()
          .min(1_000)
          .default(30_000)
          .describe('A stream without news for so long, by exchange time, is checked by REST and counts as stale.'),
        late_after_ms: z.int().min(0).default(10_000).describe('A bar known so long after its close opens no trade.'),
        slice_deadline_ms: z
          .int()
          .min(0)
          .default(5_000)
          .describe('How long bars that close together wait for each other.'),
        confirm: z
          .enum(['before', 'after', 'off'])
          .default('after')
          .describe('Compare closed bars with REST: before they count (slower), some seconds after, or not.'),
        book: z.boolean().default(true).describe('Follow best bid and ask, for the price collar.'),
      })
      .prefault({})
      .describe('Settings of the feed.'),
  })
  .describe("Binance's live candles by WebSocket; backtests read the history in its data_dir.");

export const feed = z.discriminatedUnion('type', [binancePublicFeed, csvFeed, syntheticFeed, binanceLiveFeed]);

export const strategy = z.strictObject({
  name: name.describe('Your name for it; symbol, timeframe and name together are unique.'),
  symbol: symbol.describe('Symbol it trades.'),
  symbols: z
    .array(symbol)
    .min(1)
    .optional()
    .describe('All symbols of a strategy that trades several at once (onSlice); includes `symbol`.'),
  timeframe: timeframe.describe('Bar length it decides on.'),
  handler: z
    .string()
    .regex(
      /^(strategies:[A-Za-z_$][\w$]*|.+\.[cm]?[jt]s:[A-Za-z_$][\w$]*)$/,
      'Expected "strategies:ClassName" for a built-in or "./path/file.ts:ClassName" for your own',
    )
    .describe(
      'Built-in `strategies:EMAMACDStrategy`, or `./strategies/my-strategy.ts:MyStrategy` from the config file.',
    ),
  enabled: z.boolean().default(true).describe('false leaves it out; --enable-strategy overrides.'),
  allocation: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe('Fraction of the starting capital it trades with; its own profits and losses add to that.'),
  parameters: z
    .record(z.string().regex(/^[a-z][a-z0-9_]*$/, 'Expected a snake_case name'), z.unknown())
    .default({})
    .describe("The strategy's own parameters, snake_case: { ema_short: 12 }."),
  sizing: sizing.optional().describe('How large its orders are; default: backtester.risk_per_trade_pct, else all-in.'),
  stop: distance.nullable().optional().describe('Stop where the signal brings none; default: risk.default_stop.'),
  rr_ratio: z.number().positive().nullable().optional().describe('Target as a multiple of the stop distance.'),
  sl_ratio: z.number().positive().optional().describe('Scales the stop distance.'),
  trailing_stop: distance.nullable().default(null).describe('Stop that follows the best price.'),
  break_even_at_r: z
    .number()
    .positive()
    .nullable()
    .default(null)
    .describe('Stop to entry after this many R of profit.'),
  time_stop_bars: z.int().min(1).nullable().default(null).describe('Leave after this many bars.'),
  allow_short: z.boolean().optional().describe('Default: execution.allow_short.'),
  max_entries: z.int().min(1).max(100).default(1).describe('Entries one position may have; 1 is no pyramiding.'),
  partial_exits: z.array(partialExit).default([]).describe('Parts taken off at multiples of R.'),
});

const group = z.strictObject({
  name: name.describe('Your name for the group.'),
  symbols: z.array(symbol).min(2).describe('Symbols that move together.'),
  max_open_trades: limit(z.int().min(1)).describe('Open trades the group may have.'),
  max_exposure: limit(z.number().positive()).describe('Gross exposure of the group, fraction of equity.'),
});

export const risk = z
  .strictObject({
    max_position: limit(z.number().positive()).describe('Largest position, fraction of equity.'),
    max_gross_exposure: limit(z.number().positive()).describe('All positions together, fraction of equity.'),
    max_net_exposure: limit(z.number().positive()).describe('Longs minus shorts, fraction of equity.'),
    max_open_trades: limit(z.int().min(1)).describe('Open trades at the same time.'),
    max_daily_loss_pct: limit(z.number().positive()).describe('Loss of a UTC day that stops new entries, percent.'),
    max_weekly_loss_pct: limit(z.number().positive()).describe('Loss of a UTC week that stops new entries, percent.'),
    max_drawdown_pct: limit(z.number().positive().max(100)).describe('Drawdown that halts entries for good, percent.'),
    slowdown_drawdown_pct: limit(z.number().positive().max(100)).describe(
      'Drawdown above which entries shrink, percent.',
    ),
    slowdown_factor: z.number().gt(0).max(1).default(NO_LIMITS.slowdownFactor).describe('What they shrink to.'),
    cooldown_losses: limit(z.int().min(1)).describe('Losses in a row after which a strategy rests.'),
    cooldown_bars: z.int().min(0).default(NO_LIMITS.cooldownBars).describe('Bars it rests.'),
    price_collar_pct: limit(z.number().positive()).describe('Furthest an order may lie from the last close, percent.'),
    max_order_value: limit(z.number().positive()).describe('Most one entry may cost, quote money.'),
    max_orders_per_minute: limit(z.int().min(1)).describe('Entries of the whole account in one minute.'),
    max_entries_per_day: limit(z.int().min(1)).describe('Entries of one strategy on one symbol in a UTC day.'),
    groups: z.array(group).default([]).describe('Symbols that share limits.'),
    default_stop: distance
      .nullable()
      .default(null)
      .describe('Stop of strategies that bring none: { atr: 2 } or { percent: 3 }.'),
  })
  .refine((r) => r.cooldown_losses === null || r.cooldown_bars > 0, {
    path: ['cooldown_losses'],
    message: 'Expected cooldown_bars of at least 1 beside cooldown_losses',
  });

const cost = (fallback: number) => z.number().min(0).default(fallback);

export const execution = z.strictObject({
  mode: z
    .enum(['backtest', 'paper', 'live'])
    .default('backtest')
    .describe('What `valvulin run` does; a backtest ignores it.'),
  venue: z
    .string()
    .regex(
      /^(paper|binance|binance-testnet|binance-demo|local|ccxt:[a-z0-9]+)$/,
      'Expected paper, binance, binance-testnet, binance-demo, local or ccxt:EXCHANGE',
    )
    .default('paper')
    .describe('Where live orders go: binance, its testnet or demo, `local` (valvulin exchange), or ccxt:kraken.'),
  url: z
    .string()
    .regex(/^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?\/?$/, 'Expected an address on this machine')
    .optional()
    .describe('Address of the venue `local`, as `valvulin exchange` prints it.'),
  keys_file: z
    .string()
    .min(1)
    .optional()
    .describe('File with the API keys, readable by its owner alone; without it, the environment.'),
  state_dir: z.string().min(1).default('data/state').describe('Folder of the journals of paper and live accounts.'),
  strategy_deadline_ms: z
    .int()
    .min(10)
    .max(600_000)
    .default(5_000)
    .describe('A live strategy that has not answered by then is stopped.'),
  capital: z.number().positive().default(10_000).describe('Money at the start, in the quote asset.'),
  quote: z
    .string()
    .regex(/^[A-Z0-9]{2,10}$/, 'Expected an asset such as USDT')
    .default('USDT')
    .describe('Asset money is counted in.'),
  commission_pct: z
    .number()
    .min(0)
    .max(10)
    .default(DEFAULT_COSTS.takerPct)
    .describe('Fee of a fill, percent of its value.'),
  maker_pct: z.number().min(0).max(10).optional().describe('Fee of limit orders; default: commission_pct.'),
  taker_pct: z.number().min(0).max(10).optional().describe('Fee of market and stop orders; default: commission_pct.'),
  fixed_fee: cost(DEFAULT_COSTS.fixedFee).describe('Quote money for each fill, on top.'),
  min_fee: cost(DEFAULT_COSTS.minFee).describe('Least fee of a fill, quote money.'),
  slippage_bps: cost(DEFAULT_COSTS.slippageBps).describe(
    'Market and stop fills are this much worse; 1 is 0.01 percent.',
  ),
  impact_bps: cost(DEFAULT_COSTS.impactBps).describe("Further slippage of an order as large as the bar's volume."),
  spread_bps: cost(DEFAULT_COSTS.spreadBps).describe('Bid-ask spread; market and stop fills pay half.'),
  fill_at: z
    .enum(['open', 'close'])
    .default(DEFAULT_FILLS.fillAt)
    .describe('Next open; or the deciding close (optimistic, to compare).'),
  limit_fill: z
    .enum(['through', 'touch'])
    .default(DEFAULT_FILLS.limitFill)
    .describe('Limit fills need a price beyond it; touch is optimistic.'),
  entry_bar_stops: z
    .enum(['strict', 'defer'])
    .default(DEFAULT_FILLS.entryBarStops)
    .describe("Stops already count in the entry's bar; defer waits a bar (optimistic)."),
  volume_cap: limit(z.number().gt(0).max(1)).describe("Share of a bar's volume one order may take."),
  at_end: z.enum(['close', 'keep', 'open']).default(DEFAULT_FILLS.atEnd).describe('Open positions after the last bar.'),
  allow_short: z.boolean().default(false).describe('Sell signals may open shorts; not tradable on spot.'),
});

export const scheduler = z.strictObject({
  intervals: z
    .array(
      z.strictObject({
        timeframe: timeframe.describe('Bar length.'),
        warmup_bars: z.int().min(1).default(1_000).describe('Bars loaded before the first live one.'),
      }),
    )
    .default([])
    .describe('One entry for each timeframe that runs live.'),
});

export const backtester = z.strictObject({
  risk_per_trade_pct: limit(z.number().positive().max(100)).describe(
    "Percent of the strategy's capital lost at the stop; sizes the orders.",
  ),
  rr_ratio: limit(z.number().positive()).describe('Target as a multiple of the stop distance.'),
  sl_ratio: z.number().positive().default(1).describe('Scales the stop distance.'),
  detail_timeframe: timeframe
    .optional()
    .describe('Finer bars that show how orders fill inside the bars strategies decide on, such as 1m.'),
  from: date.optional().describe('First day, UTC.'),
  to: date.optional().describe('End, exclusive, UTC.'),
});

export const analytics = z.strictObject({
  output_dir: z.string().min(1).default('analytics/plots_output').describe('Folder of reports and plots.'),
});
