import type { DownloadProgress } from '../../data/index.ts';
import type { Terminal } from '../terminal.ts';
import { grouped } from '../text-table.ts';

export interface ProgressView {
  readonly update: (progress: DownloadProgress) => void;
  readonly stop: () => void;
}

/** A bar for each symbol on a terminal; elsewhere a line for each tenth of the way, so that logs stay short. */
export async function downloadProgress(terminal: Terminal): Promise<ProgressView> {
  return terminal.interactive ? bars() : lines(terminal);
}

async function bars(): Promise<ProgressView> {
  const { default: progress } = await import('cli-progress');
  const multi = new progress.MultiBar(
    {
      format: '{name} {bar} {percentage}% {value}/{total} {phase}',
      clearOnComplete: false,
      hideCursor: true,
      autopadding: true,
      stream: process.stderr,
    },
    progress.Presets.rect,
  );
  const known = new Map<string, ReturnType<typeof multi.create>>();
  return {
    update: (step) => {
      const key = `${step.symbol} ${step.timeframe}`;
      const bar = known.get(key) ?? multi.create(step.total, 0, { name: key, phase: '' });
      known.set(key, bar);
      bar.setTotal(step.total);
      bar.update(step.done, { phase: phaseText(step) });
    },
    stop: () => multi.stop(),
  };
}

function lines(terminal: Terminal): ProgressView {
  const said = new Map<string, number>();
  return {
    update: (step) => {
      const key = `${step.symbol} ${step.timeframe}`;
      const tenth = step.total === 0 ? 10 : Math.floor((10 * step.done) / step.total);
      if ((said.get(key) ?? -1) >= tenth) return;
      said.set(key, tenth);
      terminal.note(`${key}: ${tenth * 10}% (${grouped(step.done)} of ${grouped(step.total)} bars)`);
    },
    stop: () => undefined,
  };
}

function phaseText({ phase, waitMs }: DownloadProgress): string {
  if (phase === 'waiting') return `waiting ${Math.ceil((waitMs ?? 0) / 1_000)} s for the exchange's rate limit`;
  return phase;
}
