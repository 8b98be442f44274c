import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { type CoarseCase, coarseCases } from './coarse-market.ts';
import { byColumns, byEngine, engineOn, visible } from './drivers.ts';
import { MUTATIONS } from './mutations.ts';

/**
 * Plays random backtests through the sound column loop and through engines with one wrong rule each. Prints, as JSON,
 * how many cases noticed each wrong rule. Every mutant is a second copy of the module graph, with one file patched
 * while it is loaded.
 */
const SOURCE = new URL('../../src/', import.meta.url).href;
const CASES = 400;

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    const mutant = /\?mutant=\d+$/.exec(context.parentURL ?? '')?.[0];
    return mutant && found.url.startsWith(SOURCE) ? { ...found, url: found.url + mutant } : found;
  },
  load(url, context, next) {
    const mutant = /\?mutant=(\d+)$/.exec(url);
    const mutation = mutant && MUTATIONS[Number(mutant[1])];
    if (!mutation || !url.startsWith(`${SOURCE}${mutation.file}?`)) return next(url, context);
    const text = readFileSync(new URL(url), 'utf8');
    if (text.split(mutation.find).length !== 2) throw new Error(`mutation no longer fits: ${mutation.name}`);
    const source = text.replace(mutation.find, mutation.replace);
    return { format: 'module-typescript', source, shortCircuit: true };
  },
});

const cases: { readonly drawn: CoarseCase; readonly sound: unknown }[] = [];
for (const drawn of fc.sample(coarseCases, { numRuns: CASES, seed: 7 })) {
  // Where the column loop steps aside, the sound engine is the measure.
  const sound = visible(byColumns(drawn) ?? byEngine(drawn));
  cases.push({ drawn, sound });
}

const noticed: Record<string, number> = {};
for (const [index, mutation] of MUTATIONS.entries()) {
  const mutant = (await import(`${SOURCE}execution/portfolio.ts?mutant=${index}`)) as Parameters<typeof engineOn>[0];
  noticed[mutation.name] = cases.filter(({ drawn, sound }) => {
    try {
      return !isDeepStrictEqual(visible(engineOn(mutant, drawn)), sound);
    } catch {
      return true;
    }
  }).length;
}
process.stdout.write(`${JSON.stringify({ cases: cases.length, noticed })}\n`);
