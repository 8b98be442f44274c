import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { openJournal, openJournalReader } from '../../src/execution/journal/open.ts';

const stateDir = mkdtempSync(join(tmpdir(), 'vlv-kill-'));
afterAll(() => rmSync(stateDir, { recursive: true }));

const PLACE = { stateDir, account: 'main' };
const STRACE = 'strace';
const KILLS = 8;

/** Starts the writer, kills it as soon as it has said so many orders, and returns what it said. */
async function killedWriter(orders: number): Promise<readonly string[]> {
  const script = fileURLToPath(new URL('../fixtures/journal-loop.ts', import.meta.url));
  const child = spawn(process.execPath, [script, stateDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.split('\n').length > orders) child.kill('SIGKILL');
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect([code, signal]).toEqual([null, 'SIGKILL']);
  return said.split('\n').slice(0, -1);
}

describe('a journal whose engine is killed', () => {
  it('has every order that the engine had leave to send, and the next engine goes on at once', async () => {
    const sent: string[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      sent.push(...(await killedWriter(1 + kill * 9)));
      const journal = openJournal(PLACE, 1);
      const intents = [...journal.intents()];
      const known = new Set(intents.map(({ clientId }) => clientId));
      expect(sent.filter((clientId) => !known.has(clientId))).toEqual([]);
      // Whatever it had not said is one at most for each life: the one it was about to say.
      expect(known.size - sent.length).toBeLessThanOrEqual(kill + 1);
      expect(journal.unfinished()).toHaveLength(intents.length);
      // The input and the commands that caused an order are there with it, which a replay needs.
      for (const { run } of journal.runs()) {
        const caused = intents.filter((intent) => intent.run === run);
        const inputs = [...journal.inputs(run)].slice(0, caused.length);
        expect(inputs.map(({ commands }) => commands)).toEqual(caused.map(({ clientId }) => `["${clientId}"]`));
      }
      journal.close();
    }
    expect(sent.length).toBeGreaterThan(KILLS * 30);
    const reader = openJournalReader(PLACE);
    expect(reader.runs().every(({ ended }) => ended === null)).toBe(true);
    expect(reader.state('BTCUSDT').state).toBe('HALT');
    reader.close();
  });

  it('refuses a second engine while the first one runs, and takes one as soon as it was killed', async () => {
    const script = fileURLToPath(new URL('../fixtures/journal-loop.ts', import.meta.url));
    const child = spawn(process.execPath, [script, stateDir], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    expect(() => openJournal(PLACE, 1)).toThrow(
      expect.objectContaining({ code: 'VLV_INSTANCE', message: expect.stringContaining(`process "${child.pid}"`) }),
    );
    child.stdout.resume();
    child.kill('SIGKILL');
    await once(child, 'close');
    openJournal(PLACE, 1).close();
  });

  it.skipIf(spawnSync(STRACE, ['-o', '/dev/null', 'true']).status !== 0)(
    'was synced before each leave to send, as the system saw it',
    async () => {
      const trace = join(stateDir, 'calls');
      const script = fileURLToPath(new URL('../fixtures/journal-loop.ts', import.meta.url));
      const calls = ['-f', '-e', 'trace=fsync,fdatasync,write', '-o', trace];
      const child = spawn(STRACE, [...calls, process.execPath, script, stateDir], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      let said = '';
      for await (const piece of child.stdout.setEncoding('utf8')) {
        said += String(piece);
        if (said.split('\n').length > 20) break;
      }
      await once(child, 'close');
      // Each line that was said has a sync of its own before it.
      const order = readFileSync(trace, 'utf8')
        .split('\n')
        .flatMap((line) =>
          / f(data)?sync\(\d+\) += 0/.test(line) ? ['sync'] : / write\(1, "v-/.test(line) ? ['say'] : [],
        );
      expect(order.filter((call) => call === 'say').length).toBeGreaterThan(15);
      expect(order.flatMap((call, i) => (call === 'say' ? [order[i - 1]] : []))).not.toContain('say');
    },
  );
});
