import { parseArgs } from 'node:util';
import { simulateSeed } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    first: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
    hash: { type: 'boolean', default: false },
  },
});
const first = Number(values.first);
const started = performance.now();
const sum = { seeds: 0, failed: 0, events: 0, lives: 0, trades: 0 };
for (let seed = first; seed < first + Number(values.seeds); seed++) {
  const { violations, trace, hash, events, lives, trades } = await simulateSeed(seed);
  if (values.trace) console.log(trace.join('\n'));
  if (values.hash) console.log(hash);
  for (const { time, invariant, detail } of violations) {
    console.log(`seed ${seed}, ${new Date(time).toISOString()}: ${invariant}: ${detail}`);
  }
  sum.seeds++;
  sum.events += events;
  sum.lives += lives;
  sum.trades += trades;
  if (violations.length === 0) continue;
  sum.failed++;
  console.log(`To see it again: npm run simulate -- --seeds 1 --first ${seed} --trace`);
}
if (!values.hash) {
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  const { seeds, failed, events, lives, trades } = sum;
  console.log(`${seeds} seeds, ${failed} failed; ${events} events, ${lives} starts, ${trades} fills in ${seconds} s.`);
}
process.exitCode = sum.failed > 0 ? 1 : 0;
