import type { Config } from '../../core/config/index.ts';
import { ValvulinError } from '../../core/errors.ts';
import { nodeHttp } from '../../data/node-ports.ts';

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/;
const TIMEOUT_MS = 5_000;

/**
 * The time of the local exchange that the config's feed names, epoch ms; null where it names none. A clock that runs as
 * fast as the exchange's must start with it.
 * @throws ValvulinError `VLV_FEED_NETWORK` where it does not answer
 */
export async function localExchangeTime(config: Config): Promise<number | null> {
  const feed = config.data_feeds.find((entry) => entry.type === 'binance-live');
  if (feed?.type !== 'binance-live' || typeof feed.params.endpoints === 'string') return null;
  const { rest } = feed.params.endpoints;
  if (!LOOPBACK.test(new URL(rest).hostname)) return null;
  const url = `${rest.replace(/\/+$/, '')}/api/v3/time`;
  try {
    const reply = await nodeHttp.send({ method: 'GET', url, headers: {}, timeoutMs: TIMEOUT_MS });
    return (JSON.parse(reply.body) as { serverTime: number }).serverTime;
  } catch (cause) {
    throw new ValvulinError('VLV_FEED_NETWORK', 'Expected a local exchange, got no answer', {
      where: rest,
      hint: 'Start one with "valvulin exchange" and copy its address into the feed.',
      cause,
    });
  }
}
