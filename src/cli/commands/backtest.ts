import { basename, extname, resolve } from 'node:path';
import type { Command } from 'commander';
import { addRunOptions, chooseRun, type RunCommandFlags } from '../backtest/chosen-run.ts';
import { exportResult } from '../backtest/export-tables.ts';
import { reportJson } from '../backtest/report-json.ts';
import { trustText } from '../backtest/report-text.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../render-error.ts';

interface Flags extends RunCommandFlags {
  readonly json?: boolean;
  readonly export?: string;
  readonly report: boolean;
  readonly output?: string;
}

export function registerBacktest(parent: Command, context: CommandContext): void {
  addRunOptions(parent.command('backtest').description('run the strategies of a config over history'))
    .option('--json', 'print one JSON object on stdout and nothing else; writes a report only with --output')
    .option('--export <dir>', 'write trades, orders, fills and equity as CSV and Parquet')
    .option('--no-report', 'write no HTML report')
    .option('--output <dir>', 'folder of the HTML report (default: analytics.output_dir of the config)')
    .addHelpText(
      'after',
      `
Ends with 1 where a strategy fails the causality check: it used bars that had not closed.

Examples:
  valvulin backtest
  valvulin backtest --config config.example.yaml --from 2024-06-01 --to 2025-01-01
  valvulin backtest --enable-strategy ETHUSDT:1h:rsi-divergence --disable-strategy BTCUSDT:1h:ema-macd
  valvulin backtest --symbol BTCUSDT --param ema_short=10
  valvulin backtest --json | jq '.portfolio.metrics.sharpe'
  valvulin backtest --export results --no-report`,
    )
    .action((flags: Flags) => backtest(flags, context));
}

async function backtest(flags: Flags, context: CommandContext): Promise<void> {
  const { terminal, cwd } = context;
  const { config, file, baseDir, period } = await chooseRun(flags, context);
  const { runBacktest } = await import('../../runs/index.ts');
  const { reportMetrics } = await import('../../analytics/report-metrics.ts');
  const name = basename(file, extname(file));
  const report = { ...(await runBacktest(config, { baseDir, ...period })), name };
  const metrics = reportMetrics(report);
  if (report.runs.some(({ causality }) => !causality.passed)) context.exitCode = EXIT.wrong;
  if (flags.json) {
    terminal.out(JSON.stringify(reportJson(report, metrics)));
  } else {
    const { formatMetricsTable } = await import('../../analytics/metrics-table.ts');
    const color = terminal.outColors.isColorSupported;
    terminal.out(formatMetricsTable(report, { width: terminal.width, color, metrics }));
    terminal.out(trustText(report, terminal));
  }
  if (flags.export !== undefined) {
    const files = await exportResult(report.portfolio, resolve(cwd, flags.export));
    if (!flags.json) terminal.out(`Exported: ${files.length} files in ${flags.export}`);
  }
  if (!flags.report || (flags.json && flags.output === undefined)) return;
  const outputDir =
    flags.output === undefined ? resolve(baseDir, config.analytics.output_dir) : resolve(cwd, flags.output);
  const { writeHtmlReport } = await import('../../analytics/report/index.ts');
  const path = await writeHtmlReport(report, { outputDir, metrics });
  if (!flags.json) terminal.out(`Report: ${path}`);
}
