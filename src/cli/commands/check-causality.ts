import type { Command } from 'commander';
import { strategyKey, strategyParams, strategySymbols } from '../../core/config/index.ts';
import { toTimeframe } from '../../core/timeframe.ts';
import type { CausalityReport } from '../../runs/types.ts';
import { addRunOptions, chooseRun, type ChosenRun, type RunCommandFlags } from '../backtest/chosen-run.ts';
import { causalityJson } from '../backtest/report-json.ts';
import { violationText } from '../backtest/report-text.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../render-error.ts';
import { wrap } from '../terminal.ts';
import { grouped } from '../text-table.ts';

interface Flags extends RunCommandFlags {
  readonly json?: boolean;
}

interface Checked {
  readonly symbol: string;
  readonly timeframe: string;
  readonly strategy: string;
  readonly causality: CausalityReport;
}

export function registerCheckCausality(parent: Command, context: CommandContext): void {
  addRunOptions(
    parent.command('causality').description('cut the history at every bar and see whether a signal changes'),
  )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
A backtest tries a sample of cuts; this tries all of them, so it takes the square of the number of bars: choose a period.
Ends with 1 where a strategy used bars that had not closed.

Examples:
  valvulin check causality --to 2024-04-01
  valvulin check causality --symbol BTCUSDT --from 2024-01-01 --to 2024-02-01`,
    )
    .action((flags: Flags) => check(flags, context));
}

async function check(flags: Flags, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const colors = terminal.outColors;
  const all: Checked[] = [];
  for await (const checked of checkAll(await chooseRun(flags, context))) {
    all.push(checked);
    const { causality } = checked;
    if (!causality.passed) context.exitCode = EXIT.wrong;
    if (flags.json) continue;
    const key = strategyKey({ ...checked, name: checked.strategy });
    const text =
      causality.possibleCuts === 0
        ? `${key}: decides bar by bar, sees closed bars only`
        : `${key}: ${grouped(causality.cuts)} of ${grouped(causality.possibleCuts)} cuts gave the same signals`;
    terminal.out(
      causality.passed ? `${colors.green('passed')} ${text}` : colors.red(wrap(violationText(checked), terminal.width)),
    );
  }
  if (!flags.json) return;
  const runs = all.map(({ causality, ...names }) => ({ ...names, causality: causalityJson(causality) }));
  terminal.out(JSON.stringify({ version: 1, passed: context.exitCode === EXIT.good, runs }));
}

async function* checkAll({ config, baseDir, period }: ChosenRun): AsyncGenerator<Checked> {
  const { BarLoader, checkCausality, loadStrategy } = await import('../../runs/index.ts');
  const loader = new BarLoader(config, baseDir);
  for (const entry of config.strategies) {
    const Strategy = await loadStrategy(entry.handler, baseDir);
    const create = () => new Strategy(strategyParams(entry));
    for (const symbol of strategySymbols(entry)) {
      const loaded = await loader.load(symbol, toTimeframe(entry.timeframe));
      const bars = loaded.bars.between(period.from ?? Number.NEGATIVE_INFINITY, period.to ?? Number.POSITIVE_INFINITY);
      const strategy = create();
      const causality: CausalityReport = strategy.generateSignals
        ? checkCausality(create, bars, strategy.run(bars), { complete: true })
        : { passed: true, cuts: 0, possibleCuts: 0, violation: null };
      yield { symbol, timeframe: entry.timeframe, strategy: entry.name, causality };
    }
  }
}
