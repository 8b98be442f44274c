import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { FAULT_TARGETS, faultVerbs } from '../../src/exchange/fault-verbs.ts';
import { ExchangeServer } from '../../src/exchange/server.ts';
import { nodeHttp, systemClock } from '../../src/data/node-ports.ts';
import { API_KEY, SmallExchange } from '../exchange/small-exchange.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/local-exchange.md'), 'utf8');
const bodies = [...page.matchAll(/^\| `(\{"target":.*?\})` \|/gm)].map(([, body]) => body);

interface Documented {
  readonly target: string;
  readonly fault?: { readonly verb: string };
  readonly rule?: { readonly fault: { readonly verb: string } };
}

it('the page of the local exchange shows every fault, each as a body that the exchange takes', async () => {
  const small = new SmallExchange({ wall: systemClock });
  const server = await ExchangeServer.serve({ exchange: small.exchange, sockets: small.hub });
  onTestFinished(() => server.close());
  for (const body of bodies) {
    const request = { method: 'POST', url: `${server.rest}/local/faults`, headers: {}, timeoutMs: 5_000 } as const;
    const reply = await nodeHttp.send({ ...request, body: body.replace('"KEY"', `"${API_KEY}"`) });
    expect([body, reply.status, reply.body]).toEqual([body, 200, '{}']);
  }
  const shown = bodies.map((body) => {
    const { target, fault, rule } = JSON.parse(body) as Documented;
    return `${target} ${fault?.verb ?? rule?.fault.verb ?? ''}`;
  });
  const known = FAULT_TARGETS.flatMap((target) => faultVerbs(target).map((verb) => `${target} ${verb}`));
  expect(shown.toSorted()).toEqual(known.toSorted());
});

it('a fault that does not exist is refused with what does', async () => {
  const small = new SmallExchange({ wall: systemClock });
  const server = await ExchangeServer.serve({ exchange: small.exchange, sockets: small.hub });
  onTestFinished(() => server.close());
  const request = { method: 'POST', url: `${server.rest}/local/faults`, headers: {}, timeoutMs: 5_000 } as const;
  const reply = await nodeHttp.send({ ...request, body: '{"target":"socket","fault":{"verb":"ws.dup"}}' });
  expect(reply.status).toBe(400);
  expect(reply.body).toContain('ws.halfOpen');
});
