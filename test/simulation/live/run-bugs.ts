import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { BUGS } from './bugs.ts';

/**
 * Plays seeds and crashes on copies of the product with one planted bug each, until something is noticed. Prints, as
 * JSON, what noticed each bug, or null. Arguments: how many seeds to try at most, and the numbers of the bugs; all
 * without. Every copy is a second graph of modules, patched while it is loaded.
 */
const ROOT = new URL('../../../', import.meta.url).href;
const SOURCE = `${ROOT}src/`;
const HERE = `${ROOT}test/simulation/live/`;

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    const bug = /\?bug=\d+$/.exec(context.parentURL ?? '')?.[0];
    return bug && (found.url.startsWith(SOURCE) || found.url.startsWith(HERE))
      ? { ...found, url: found.url + bug }
      : found;
  },
  load(url, context, next) {
    const number = /\?bug=(\d+)$/.exec(url);
    const bug = number && BUGS[Number(number[1])];
    if (!bug || !url.startsWith(`${SOURCE}${bug.file}?`)) return next(url, context);
    let source = readFileSync(new URL(url), 'utf8');
    for (const { find, replace } of bug.patches) {
      if (!source.includes(find)) throw new Error(`the bug no longer fits: ${bug.name}: ${find}`);
      source = source.replace(find, replace);
    }
    return { format: 'module-typescript', source, shortCircuit: true };
  },
});

type Simulate = Pick<typeof import('./simulate.ts'), 'simulate' | 'simulateSeed'>;
type Scenarios = Pick<typeof import('./scenarios.ts'), 'SCENARIOS' | 'scenarioPlan'>;

/** What may stop a run besides an invariant: an error that nobody caught ends a process. */
let uncaught: unknown;
process.on('unhandledRejection', (error) => {
  uncaught ??= error;
});

async function killer(number: number, seeds: number): Promise<string | null> {
  const { simulate, simulateSeed } = (await import(`${HERE}simulate.ts?bug=${number}`)) as Simulate;
  const { SCENARIOS, scenarioPlan } = (await import(`${HERE}scenarios.ts?bug=${number}`)) as Scenarios;
  const verdict = async (name: string, play: () => ReturnType<typeof simulate>): Promise<string | null> => {
    uncaught = undefined;
    try {
      const { violations } = await play();
      if (violations.length > 0) return `${violations[0].invariant}, ${name}`;
    } catch (error) {
      uncaught ??= error;
    }
    return uncaught === undefined ? null : `an error that nobody caught, ${name}`;
  };
  for (const scenario of SCENARIOS) {
    const found = await verdict(scenario, () => simulate(scenarioPlan(scenario)));
    if (found) return found;
  }
  for (let seed = 1; seed <= seeds; seed++) {
    const found = await verdict(`seed ${seed}`, () => simulateSeed(seed));
    if (found) return found;
  }
  for (const scenario of SCENARIOS) {
    for (let point = 1; point <= 100; point += 3) {
      const found = await verdict(`${scenario}, crash at write ${point}`, () =>
        simulate(scenarioPlan(scenario, point)),
      );
      if (found) return found;
    }
  }
  return null;
}

const [seeds = '400', ...chosen] = process.argv.slice(2);
const numbers = chosen.length > 0 ? chosen.map(Number) : BUGS.map((_, number) => number);
const killers: Record<string, string | null> = {};
for (const number of numbers) killers[BUGS[number].name] = await killer(number, Number(seeds));
process.stdout.write(`${JSON.stringify(killers, null, 1)}\n`);
