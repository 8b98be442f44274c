import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../../core/config/index.ts';
import { ValvulinError } from '../../core/errors.ts';
import type { InstrumentRules } from '../../core/instrument.ts';
import type { Clock } from '../../core/ports.ts';
import { exchangeRules } from '../../data/binance/exchange-rules.ts';
import { BinanceLiveFeed } from '../../data/live/live-feed.ts';
import { type FeedEndpoints, feedEndpoints } from '../../data/live/endpoints.ts';
import { HistoryLake } from '../../data/index.ts';
import { nodeHttp, nodeSockets, systemClock } from '../../data/node-ports.ts';
import { accountName, type JournalPlace, openJournal } from '../../execution/journal/open.ts';
import type { Journal } from '../../execution/journal/journal.ts';
import type { SpotVenue } from '../../execution/venues/venue.ts';
import { planLive } from '../../runs/live/plan.ts';
import { LiveSession, type SessionEvent } from '../../runs/live/session.ts';
import { WorkerHost } from '../../runs/worker-host.ts';

const TIMEOUT_MS = 10_000;

export interface SessionRequest {
  readonly config: Config;
  readonly baseDir: string;
  readonly clock: Clock;
  /** How many times as fast as a real clock `clock` runs. */
  readonly speed: number;
  /** Null trades on paper. */
  readonly venue: SpotVenue | null;
  readonly on: (event: SessionEvent) => void;
  /** What strategies print. */
  readonly onOutput: (text: string) => void;
}

/** A session with everything it rests on, and the way to let go of all of it. */
export interface OpenSession {
  readonly host: WorkerHost;
  readonly session: LiveSession;
  readonly place: JournalPlace;
  readonly close: () => void;
}

/** Opens journal, feed and strategies of a config, and the session over them. Nothing trades before `session.start`. */
export async function openSession(request: SessionRequest): Promise<OpenSession> {
  const { config, baseDir, clock, venue } = request;
  const { feed: entry, symbols, streams } = planLive(config);
  const { params } = entry;
  const endpoints = feedEndpoints(params.endpoints);
  const stateDir = resolve(baseDir, config.execution.state_dir);
  mkdirSync(stateDir, { recursive: true });
  const place = { stateDir, account: accountName(venue ? 'live' : 'paper', config.execution.venue) };
  const feed = new BinanceLiveFeed({
    http: nodeHttp,
    sockets: nodeSockets,
    clock,
    random: Math.random,
    endpoints,
    streams: streams.map(({ symbol, timeframe }) => ({ symbol, timeframe })),
    staleAfterMs: params.stale_after_ms,
    lateAfterMs: params.late_after_ms,
    speed: request.speed,
    confirm: params.confirm,
    book: params.book,
  });
  const journal = openJournal(place, clock.now());
  const host = new WorkerHost({
    baseDir,
    // A strategy thinks as fast as this machine does, however fast the exchange's time runs.
    clock: systemClock,
    deadlineMs: config.execution.strategy_deadline_ms,
    onOutput: request.onOutput,
  });
  try {
    const session = await LiveSession.open({
      config,
      journal,
      clock,
      venue,
      owner: place.account.replaceAll(/[^a-z0-9]/g, '').slice(-8),
      host,
      feed,
      speed: request.speed,
      lake: new HistoryLake(resolve(baseDir, params.data_dir)),
      rules: venue ? await venue.rules(symbols) : await publicRules(endpoints, symbols),
      on: request.on,
    });
    return { session, host, place, close: () => journal.close() };
  } catch (error) {
    await host.stop();
    await feed.stop();
    closeQuietly(journal);
    throw error;
  }
}

/** Ending after an error: the error is what counts. */
function closeQuietly(journal: Journal): void {
  try {
    journal.close();
  } catch (error) {
    if (!(error instanceof ValvulinError)) throw error;
  }
}

async function publicRules(endpoints: FeedEndpoints, symbols: readonly string[]): Promise<readonly InstrumentRules[]> {
  const query = new URLSearchParams({ symbols: JSON.stringify(symbols), showPermissionSets: 'false' });
  const url = `${endpoints.rest}/api/v3/exchangeInfo?${query.toString()}`;
  const failed = (why: string, cause?: unknown): ValvulinError =>
    new ValvulinError('VLV_FEED_NETWORK', `Expected the trading rules of ${symbols.join(', ')}, got ${why}`, {
      where: endpoints.rest,
      hint: 'Check the connection, the symbols and the endpoints of the feed.',
      cause,
    });
  try {
    const reply = await nodeHttp.send({ method: 'GET', url, headers: {}, timeoutMs: TIMEOUT_MS });
    if (reply.status !== 200) throw failed(`status ${reply.status}: ${reply.body.slice(0, 200)}`);
    return exchangeRules(JSON.parse(reply.body)).rules;
  } catch (error) {
    throw error instanceof ValvulinError ? error : failed(error instanceof Error ? error.message : 'no answer', error);
  }
}
