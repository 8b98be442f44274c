import type { Bars } from '../core/bars.ts';
import type { DistanceColumns } from '../core/distances.ts';
import type { Market } from '../core/instrument.ts';
import type { CostSettings, FillSettings, OrderSettings, RiskSettings } from '../core/settings.ts';
import type { Signals } from '../core/signal.ts';

/** A backtest of one symbol by signals, as the fast path takes it. */
export interface FastPathSpec {
  readonly strategy: string;
  readonly bars: Bars;
  readonly signals: Signals;
  readonly orders: OrderSettings;
  readonly costs: CostSettings;
  readonly fills: FillSettings;
  readonly risk: RiskSettings;
  readonly capital: number;
  readonly cashDecimals: number;
  readonly market: Market;
  readonly distances: DistanceColumns;
}

/**
 * Why the column loop cannot serve a run, in words, or null where it can: market entries at the next open, one entry
 * per position, a stop and a target that stay where they are, and no account limit but the largest position.
 */
export function fastPathObstacle(spec: FastPathSpec): string | null {
  const { orders, costs, fills, risk, signals } = spec;
  if (fills.fillAt !== 'open') return 'fills at the close';
  if (fills.atEnd !== 'close') return `open positions at the end: ${fills.atEnd}`;
  if (fills.volumeCap !== null || costs.impactBps > 0) return 'volume limits';
  if (orders.trailingStop !== null) return 'a trailing stop';
  if (orders.breakEvenAtR !== null) return 'a break-even stop';
  if (orders.timeStopBars !== null) return 'a time stop';
  if (orders.partialExits.length > 0) return 'partial exits';
  if (orders.maxEntries > 1) return 'several entries';
  if (orders.sizing.kind === 'volatility') return 'volatility sizing';
  if (signals.columns['entry_price'] !== undefined) return 'limit entries';
  if (signals.columns['quantity'] !== undefined) return 'quantities from the strategy';
  const limits = { ...risk, maxPosition: null, groups: [] };
  const active = Object.entries(limits).find(([name, value]) => name.startsWith('max') && value !== null);
  if (active || risk.groups.length > 0) return `the limit ${active?.[0] ?? 'groups'}`;
  if (risk.cooldownLosses !== null || risk.slowdownDrawdownPct !== null || risk.priceCollarPct !== null) {
    return 'cooldown, slow-down or price collar';
  }
  return null;
}
