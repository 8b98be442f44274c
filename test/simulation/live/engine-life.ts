import type { TradingState } from '../../../src/core/entry-gate.ts';
import { BinanceLiveFeed } from '../../../src/data/live/live-feed.ts';
import { InlineLiveHost } from '../../../src/execution/inline-live-host.ts';
import type { Journal } from '../../../src/execution/journal/journal.ts';
import { openMemoryJournal } from '../../../src/execution/journal/memory-disk.ts';
import { binanceEndpoints } from '../../../src/execution/venues/binance/endpoints.ts';
import { Secret } from '../../../src/execution/venues/binance/secret.ts';
import { BinanceVenue } from '../../../src/execution/venues/binance/venue.ts';
import { ValvulinError } from '../../../src/core/errors.ts';
import { planLive } from '../../../src/runs/live/plan.ts';
import { LiveSession, type SessionEvent } from '../../../src/runs/live/session.ts';
import { API_KEY, URL_HERE } from './draw.ts';
import { Life } from './life.ts';
import { seeded } from './random.ts';
import { SIM_STRATEGIES } from './strategies.ts';
import { Death, type World } from './world.ts';

/** What an engine may be refused at its start while the exchange is not well; it is started again then. */
const TRY_AGAIN = ['VLV_FEED_NETWORK', 'VLV_FEED_BANNED', 'VLV_FEED_HTTP', 'VLV_VENUE_REQUEST', 'VLV_DATA_NONE'];

export interface SimAlert {
  readonly time: number;
  readonly level: string;
  readonly code: string;
  readonly detail: string;
}

/** One process of the engine on a world: from its start to its end, whatever ends it. */
export class EngineLife {
  readonly life: Life;
  readonly alerts: SimAlert[] = [];
  session: LiveSession | null = null;
  /** Why it cannot go on; undefined while it can. */
  failure: unknown;
  started = false;
  readonly #world: World;
  #journal: Journal | null = null;
  /** Replies of this life to the questions of a recovery. */
  readonly #asked = new Set<string>();
  #userUp = false;

  constructor(world: World, number: number) {
    this.#world = world;
    this.life = new Life({
      clock: world.clock,
      http: world.exchange.http(),
      sockets: world.sockets.sockets(),
      onRequest: (request) => {
        world.note(`${number} > ${request.method} ${request.url.replace(/&signature=.*/, '')} ${request.body ?? ''}`);
        world.oracle.onRequest(request);
      },
      onReply: ({ method, url }, { status, body }) => {
        world.note(`${number} < ${status} ${body.length > 2_000 ? body.length : body}`);
        if (method === 'GET' && status === 200) this.#asked.add(new URL(url).pathname);
      },
    });
    world.barred = () => this.#barred();
    this.#run(number).catch((error: unknown) => this.#fail(error));
  }

  kill(): void {
    this.life.kill();
    this.session = null;
    this.#world.barred = () => 'no process runs';
  }

  /** Ends as a signal ends it. */
  async stop(): Promise<void> {
    await this.session?.stop();
    this.#journal?.close();
  }

  /** An operator asks for a state. */
  operate(state: TradingState): void {
    try {
      this.session?.setState(state, 'sim', true, 'the simulation asked');
      this.#world.state = state;
    } catch (error) {
      this.#fail(error);
    }
  }

  async #run(number: number): Promise<void> {
    const { plan, disk } = this.#world;
    const { clock, http, sockets } = this.life;
    const { config } = plan;
    const { feed: entry, symbols, streams } = planLive(config);
    this.#journal = openMemoryJournal(disk, `life ${number}`, true);
    const venue = new BinanceVenue({
      http,
      sockets,
      clock,
      random: seeded(plan.seed, `venue ${number}`),
      endpoints: binanceEndpoints('local', URL_HERE),
      credentials: { venue: 'local', apiKey: new Secret(API_KEY), secret: new Secret('secret') },
      recvWindowMs: 5_000,
      note: (text) => this.#alert('info', 'VENUE', text),
    });
    const session = await LiveSession.open({
      config,
      journal: this.#journal,
      clock,
      venue,
      owner: 'sim',
      host: new InlineLiveHost({
        clock,
        loadClass: (handler) => Promise.resolve(SIM_STRATEGIES[handler.split(':')[1]]),
      }),
      feed: new BinanceLiveFeed({
        http,
        sockets,
        clock,
        random: seeded(plan.seed, `feed ${number}`),
        endpoints: { rest: URL_HERE, ws: URL_HERE.replace('http', 'ws') },
        streams: streams.map(({ symbol, timeframe }) => ({ symbol, timeframe })),
        staleAfterMs: entry.params.stale_after_ms,
        lateAfterMs: entry.params.late_after_ms,
        confirm: entry.params.confirm,
        book: entry.params.book,
      }),
      rules: await venue.rules(symbols),
      on: (event) => this.#on(event),
    });
    this.session = session;
    await session.start();
    this.started = true;
    const { state } = session.engineRun.engine.risk.gate;
    const { state: asked } = this.#world;
    if (state !== asked) this.#world.violated('I16', `the operator asked for ${asked}, and it started as ${state}`);
  }

  #on(event: SessionEvent): void {
    if (!this.life.alive) return;
    if (event.kind === 'alert') this.#alert(event.alert.level, event.alert.code, event.alert.detail);
    if (event.kind === 'failed') this.#fail(event.error);
    if (
      event.kind === 'input' &&
      event.input.kind === 'block' &&
      event.input.reason === 'own orders are not streamed'
    ) {
      this.#userUp = !event.input.on;
    }
  }

  #alert(level: string, code: string, detail: string): void {
    if (!this.life.alive) return;
    this.#world.note(`alert ${level} ${code} ${detail}`);
    this.alerts.push({ time: this.#world.clock.now(), level, code, detail });
  }

  #fail(error: unknown): void {
    if (!this.life.alive || this.failure !== undefined) return;
    this.failure = error ?? new Error('nothing');
    const shown = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#world.note(`failed ${error instanceof ValvulinError ? error.message : shown}`);
    if (error instanceof Death) return;
    const code = error instanceof ValvulinError ? error.code : '';
    const expected = this.started ? ['VLV_JOURNAL'] : [...TRY_AGAIN, 'VLV_JOURNAL'];
    if (!expected.includes(code)) this.#world.violated('I11', `the engine ended: ${code} ${shown}`);
  }

  #barred(): string | null {
    for (const path of ['/api/v3/myTrades', '/api/v3/openOrders', '/api/v3/account']) {
      if (!this.#asked.has(path)) return `nobody has asked ${path} since the start`;
    }
    if (!this.#userUp) return 'own orders are not streamed';
    const { state } = this.session?.engineRun.engine.risk.gate ?? { state: 'none' };
    return state === 'ACTIVE' ? null : `the engine is in ${state}`;
  }
}
