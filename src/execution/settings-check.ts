import { ValvulinError } from '../core/errors.ts';
import type { BacktesterSettings } from './backtester.ts';

/** @throws ValvulinError `VLV_SETTINGS` naming the first setting that no market could have */
export function checkSettings(settings: BacktesterSettings): void {
  const { capital, costs, fills, orders } = settings;
  positive('capital', capital);
  for (const [name, value] of Object.entries(costs ?? {})) notNegative(`costs.${name}`, value);
  if (costs?.takerPct !== undefined && costs.takerPct >= 100)
    complain('costs.takerPct', 'less than 100', costs.takerPct);
  const cap = fills?.volumeCap;
  if (cap !== undefined && cap !== null && !(cap > 0 && cap <= 1)) complain('fills.volumeCap', 'a share up to 1', cap);
  oneOf('fills.fillAt', fills?.fillAt, ['open', 'close']);
  oneOf('fills.limitFill', fills?.limitFill, ['through', 'touch']);
  oneOf('fills.entryBarStops', fills?.entryBarStops, ['strict', 'defer']);
  oneOf('fills.atEnd', fills?.atEnd, ['close', 'keep', 'open']);
  positive('orders.stopRatio', orders?.stopRatio);
  if (orders?.maxEntries !== undefined && !(Number.isInteger(orders.maxEntries) && orders.maxEntries >= 1)) {
    complain('orders.maxEntries', 'a whole number from 1', orders.maxEntries);
  }
  const sizing = orders?.sizing;
  if (sizing) positive('orders.sizing', sizing.kind === 'fixed' ? sizing.quantity : sizing.percent);
  for (const [name, distance] of Object.entries({ stop: orders?.stop, trailingStop: orders?.trailingStop })) {
    if (!distance) continue;
    if ((distance.atr === undefined) === (distance.percent === undefined)) {
      complain(`orders.${name}`, 'exactly one of "atr" and "percent"', JSON.stringify(distance));
    }
    positive(`orders.${name}`, distance.atr ?? distance.percent);
  }
}

function positive(name: string, value: number | undefined): void {
  if (value !== undefined && !(value > 0 && Number.isFinite(value))) complain(name, 'a positive number', value);
}

function notNegative(name: string, value: number): void {
  if (!(value >= 0 && Number.isFinite(value))) complain(name, 'zero or more', value);
}

function oneOf(name: string, value: string | undefined, allowed: readonly string[]): void {
  if (value !== undefined && !allowed.includes(value)) complain(name, allowed.map((a) => `"${a}"`).join(' or '), value);
}

function complain(name: string, expected: string, value: string | number): never {
  throw new ValvulinError('VLV_SETTINGS', `Expected ${expected} for "${name}", got "${value}"`);
}
