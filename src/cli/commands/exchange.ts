import type { Command } from 'commander';
import { ValvulinError } from '../../core/errors.ts';
import { timeframeMs, toTimeframe } from '../../core/timeframe.ts';
import type { Playground } from '../exchange/playground.ts';
import type { CommandContext } from '../command-context.ts';

interface Flags {
  readonly speed: string;
  readonly seed: string;
  readonly port: string;
  readonly symbols: string;
  readonly balance?: readonly string[];
  readonly timeframe: string;
  readonly history: string;
  readonly fromBars?: readonly string[];
  readonly lockstep?: true;
  readonly faults?: string;
}

const USUAL_BALANCE = ['USDT=10000'];

export function registerExchange(parent: Command, context: CommandContext): void {
  parent
    .command('exchange')
    .description('serve a local exchange that speaks as Binance spot does: no keys, no internet, no risk')
    .option('--speed <factor>', 'how fast its time runs, such as 60x', '1x')
    .option('--seed <number>', 'which market is made up; the same seed gives the same one', '7')
    .option('--port <port>', 'port on this machine; 0: a free one', '0')
    .option('--symbols <list>', 'symbols of the made-up market', 'BTCUSDT,ETHUSDT')
    .option('--balance <asset=amount...>', `what the account holds (default: ${USUAL_BALANCE.join(' ')})`)
    .option('--timeframe <timeframe>', 'bars that the made-up market is played from', '1m')
    .option('--history <timeframe>', 'how much of the market has happened before the start', '30d')
    .option('--from-bars <files...>', 'play these bars instead, one file for each symbol, at their own times')
    .option(
      '--faults <seed>',
      'let things go wrong for a day: lost answers, dead streams, refusals, holes; as the seed says',
    )
    .option('--lockstep', 'time stands still until a client asks for the next instant')
    .addHelpText(
      'after',
      `
It answers on 127.0.0.1 only: REST, market streams and the WebSocket API, with one account. Prices are made up.
Faults on demand: POST /local/faults; a push of the price: POST /local/trade. Ctrl+C ends it.

Examples:
  valvulin exchange --speed 60x --seed 7
  valvulin exchange --symbols BTCUSDT --balance USDT=500 BTC=0.1 --port 8089
  valvulin exchange --from-bars data/BTCUSDT_1h.csv --speed 3600x
  valvulin exchange --faults 3`,
    )
    .action((flags: Flags) => serve(flags, context));
}

async function serve(flags: Flags, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const speed = flags.lockstep === true ? null : speedOf(flags.speed);
  const seed = seedOf(flags.seed, '--seed');
  const port = wholeNumber(flags.port, '--port', 65_535);
  const faults = flags.faults === undefined ? {} : { faults: seedOf(flags.faults, '--faults') };
  const balances = Object.fromEntries((flags.balance ?? USUAL_BALANCE).map(balanceOf));
  const historyMs = timeframeMs(toTimeframe(flags.history));
  const signal = context.interruptible();
  const { recordedMarket, syntheticMarket } = await import('../exchange/market-choice.ts');
  const { openPlayground } = await import('../exchange/playground.ts');
  const { systemClock } = await import('../../data/node-ports.ts');
  const market =
    flags.fromBars === undefined
      ? syntheticMarket({
          symbols: symbolsOf(flags.symbols),
          timeframe: toTimeframe(flags.timeframe),
          seed,
          now: systemClock.now(),
          historyMs,
        })
      : await recordedMarket(flags.fromBars, historyMs);
  const onEnd = (): void => terminal.note('The bars are over: prices stand still from here on.');
  const playground = await openPlayground({ market, speed, seed, balances, port, onEnd, ...faults });
  const pace = speed === null ? 'in lockstep' : speed === 1 ? 'in real time' : `${speed} times as fast as real time`;
  terminal.out(`Local exchange: ${market.described}, ${pace}. Prices and money are invented.`);
  terminal.out(described(playground, balances, speed));
  await ended(signal);
  await playground.close();
  terminal.out('Local exchange closed.');
}

function described(
  { server, apiKey, secret }: Playground,
  balances: Readonly<Record<string, string>>,
  speed: number | null,
): string {
  const { rest, ws, wsApi } = server;
  const money = Object.entries(balances).map(([asset, amount]) => `${amount} ${asset}`);
  return `
  REST           ${rest}
  streams        ${ws}/ws, ${ws}/stream
  WebSocket API  ${wsApi}
  API key        ${apiKey}
  API secret     ${secret}
  balance        ${money.join(', ')}

valvulin: in the config, a feed and where orders go
  type: binance-live
  params: { endpoints: { rest: "${rest}", ws: "${ws}" } }
  execution: { venue: local, url: "${rest}" }
then, in another terminal
  export LOCAL_API_KEY=${apiKey}
  export LOCAL_API_SECRET=${secret}
  valvulin run${speed === null || speed === 1 ? '' : ` --speed ${speed}x`}

Other programs: the same addresses, key and secret, for example
  binance        new MainClient({ baseUrl: '${rest}' }), new WebsocketClient({ wsUrl: '${ws}' })
  @binance/spot  basePath: '${rest}', wsURL: '${ws}', and for its WebSocket API '${wsApi}'
  ccxt           in exchange.urls.api: the host of each REST address, and of each in ws

Ctrl+C ends it.`;
}

/** Resolves when the user asks the command to stop: for a server that is its good end. */
async function ended(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function speedOf(text: string): number {
  const factor = Number(/^(\d+(?:\.\d+)?)x?$/.exec(text)?.[1] ?? Number.NaN);
  if (factor > 0) return factor;
  throw new ValvulinError('VLV_USAGE', `Expected a speed such as 60x, got "${text}"`, { where: '--speed' });
}

function seedOf(text: string, where: string): number {
  return wholeNumber(text, where, Number.MAX_SAFE_INTEGER);
}

function wholeNumber(text: string, where: string, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value <= most) return value;
  throw new ValvulinError('VLV_USAGE', `Expected a whole number of at most ${most}, got "${text}"`, { where });
}

function symbolsOf(list: string): string[] {
  const symbols = [...new Set(list.toUpperCase().split(',').filter(Boolean))];
  if (symbols.length > 0) return symbols;
  throw new ValvulinError('VLV_USAGE', `Expected symbols such as BTCUSDT,ETHUSDT, got "${list}"`, {
    where: '--symbols',
  });
}

function balanceOf(text: string): [asset: string, amount: string] {
  const match = /^([A-Za-z0-9]+)=(\d+(?:\.\d{1,8})?)$/.exec(text);
  if (match) return [match[1].toUpperCase(), match[2]];
  throw new ValvulinError('VLV_USAGE', `Expected a balance such as USDT=10000, got "${text}"`, { where: '--balance' });
}
