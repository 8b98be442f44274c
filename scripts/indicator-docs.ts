// Writes docs/indicators.md from the definitions: `node scripts/indicator-docs.ts`. Where the shared reference data lies
// beside this checkout, the differences to TA-Lib and Tulip are measured anew and stored too. A test holds both equal.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AnyIndicator, INDICATORS } from '../src/indicators/index.ts';
import { compare, type OracleCall, talibCalls, tulipCalls } from '../test/conformance/indicator-comparison.ts';
import { type OracleCase, TALIB, TULIP } from '../test/conformance/indicator-oracles.ts';
import { sharedPath } from '../test/shared-data.ts';

const LIBRARIES = { 'TA-Lib': TALIB, Tulip: TULIP } as const;
type Library = keyof typeof LIBRARIES;

/** Largest difference of each indicator to each library on the stored vectors, as text with two digits. */
export type Differences = Readonly<Record<string, Partial<Record<Library, string>>>>;

const STORED = join(import.meta.dirname, '..', 'test', 'conformance', 'indicator-differences.json');

/** The differences as they were measured last. */
export function storedDifferences(): Differences {
  return JSON.parse(readFileSync(STORED, 'utf8')) as Differences;
}

/** Measures the differences; undefined where the reference data is not there. */
export function measuredDifferences(): Differences | undefined {
  const talib = sharedPath('goldens', 'talib_goog.json');
  const goog = sharedPath('data', 'GOOG.csv');
  const tulip = sharedPath('goldens', 'tulip_vectors.json');
  if (!talib || !goog || !tulip) return undefined;
  const largest: Record<string, Partial<Record<Library, number>>> = {};
  for (const call of [...talibCalls(talib, goog).calls, ...tulipCalls(tulip)].filter(isComparable)) {
    const entry = (largest[call.oracle.indicator] ??= {});
    entry[call.library] = Math.max(entry[call.library] ?? 0, compare(call).largest);
  }
  return Object.fromEntries(
    Object.entries(largest).map(([name, entry]) => [
      name,
      Object.fromEntries(
        Object.entries(entry).map(([library, value]) => [library, value === 0 ? '0' : value.toPrecision(2)]),
      ),
    ]),
  );
}

function isComparable({ oracle, params }: OracleCall): boolean {
  return !oracle.deviation?.fades && !oracle.deviation?.differs?.(params);
}

/** The page of all indicators, in Markdown. */
export function indicatorsPage(differences: Differences): string {
  return `${INTRODUCTION}
${INDICATORS.map((definition) => row(definition, differences[definition.name] ?? {})).join('\n')}

${PAGE_NOTE}
${INDICATORS.map(section).join('\n')}`;
}

function row({ name, about, defaults, outputs, warmup }: AnyIndicator, difference: Differences[string]): string {
  const first = warmup(defaults);
  const bars = [...new Set(outputs.map((output) => first[output]))].join(', ');
  const flat = [...new Set(outputs.map((output) => about.flat[output]))].join(', ');
  const against = (library: Library): string => {
    const other = Object.values(LIBRARIES[library]).some(
      ({ indicator, deviation }: OracleCase) => indicator === name && deviation?.differs !== undefined,
    );
    return difference[library] ?? (other ? 'see below' : '-');
  };
  return `| [${name}](#${name.toLowerCase()}) | ${list(defaults)} | ${bars} | ${flat} | ${against('TA-Lib')} | ${against('Tulip')} |`;
}

function list(defaults: object): string {
  const given = Object.entries(defaults).map(([name, value]) => `${name} ${value}`);
  return given.length > 0 ? given.join(', ') : '-';
}

function section({ name, about, inputs, outputs, defaults, warmup }: AnyIndicator): string {
  const first = warmup(defaults);
  const given = outputs.map((output) => `${output} (from bar ${first[output]})`);
  const notes = (Object.keys(LIBRARIES) as Library[]).flatMap((library) =>
    Object.values(LIBRARIES[library])
      .filter(({ indicator }) => indicator === name)
      .flatMap(({ deviation, elsewhere }) => [deviation?.why, elsewhere])
      .filter((why) => why !== undefined),
  );
  const lines = [
    `- **Reads** ${inputs.join(', ')}; **gives** ${given.join(', ')}; **parameters** ${list(defaults)}`,
    `- **Formula** \`${about.formula}\``,
    `- **Source** ${about.source}`,
    `- **Start** ${about.seeding}`,
    ...[...new Set(notes)].map((note) => `- **Deviation** ${note}`),
  ];
  return `### ${name}\n\n${about.title}.\n\n${lines.join('\n')}\n`;
}

const EXAMPLE = readFileSync(join(import.meta.dirname, '..', 'examples', 'streaming-indicator.ts'), 'utf8');

const INTRODUCTION = `# Indicators

This page is generated from the definitions in \`src/indicators\` by \`node scripts/indicator-docs.ts\`.

<!-- example: examples/streaming-indicator.ts -->
\`\`\`ts
${EXAMPLE}\`\`\`

Rules that hold for every one, each of them a test that every indicator inherits:

- **Same length.** Columns are \`Float64Array\`s as long as the input; bar i of the output belongs to bar i of the input and
  uses bars 0 to i only.
- **Warm-up is NaN**, up to exactly the bar stated below (with the default parameters).
- **One definition, two forms.** Batch and streaming run the same kernel and give the same bits, however the bars are cut.
- **NaN.** A bar of which an input is not finite (NaN, Infinity) gives NaN and is otherwise as though it did not exist: a
  window of n is the last n good bars, an average goes on from the last good one. One bad bar costs one value.
- **Windows are exact.** Moving sums carry their rounding errors along, so the answer depends on the window's values and
  on nothing before them: it is the same to the bit in a backtest of ten years and live after a restart. It holds for
  windows whose values differ by less than a factor of about 2^50 / n, and for the standard deviation where they are
  within a factor of 2. Sums are built afresh every n bars, so a wilder value is forgotten after two windows at most.
- **Recursive averages** are \`e += k (x - e)\` and forget their start: after about 20 lengths (40 for Wilder's) the bits are
  the same whatever bar they started at.
- **No epsilon.** Nothing is compared with a small constant, so a coin worth 0.00001 has the same indicators as one worth
  100,000. A denominator that is exactly 0 has a stated answer, the column "flat", else NaN.
- **Impossible parameters** throw a \`RangeError\` that names the indicator and quotes the value.

| indicator | defaults | first value at bar | flat market | difference to TA-Lib | difference to Tulip |
|---|---|---|---|---|---|`;

const PAGE_NOTE = `Differences are the largest ones on the stored vectors after intended deviations are undone: to TA-Lib 0.7.1 on 2,148 daily
bars, relative to the value or to 1 where it is smaller; to Tulip, which prints three decimals, absolute (above 1,000 as
thousandths of the value). "see below" means that the quantities differ on purpose, "-" that
the library has no such function or the vectors do not hold it.
`;

if (import.meta.main) {
  const measured = measuredDifferences();
  if (measured) writeFileSync(STORED, `${JSON.stringify(measured, null, 2)}\n`);
  writeFileSync(
    join(import.meta.dirname, '..', 'docs', 'indicators.md'),
    indicatorsPage(measured ?? storedDifferences()),
  );
}
