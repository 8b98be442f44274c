import { z } from 'zod';
import { isoInstant } from './instant.ts';

/** The small schemas that several sections of the config share. */

export const timeframe = z
  .string()
  .regex(/^[1-9]\d{0,3}[smhdwM]$/, 'Expected a timeframe such as 1m, 15m, 4h, 1d, 1w or 1M (month)');

export const symbol = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,29}$/, 'Expected a symbol such as BTCUSDT, without spaces, slashes or colons');

export const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, 'Expected a name of letters, digits, ".", "_" and "-"');

export const date = z
  .string()
  .refine((text) => isoInstant(text) !== undefined, 'Expected a date such as 2024-01-31 or 2024-01-31T09:30Z (UTC)');

/** A limit that null, the default, switches off. */
export function limit(schema: z.ZodNumber): z.ZodDefault<z.ZodNullable<z.ZodNumber>> {
  return schema.nullable().default(null);
}

const exactlyOne =
  (...keys: readonly string[]) =>
  (value: Record<string, unknown>): boolean =>
    keys.filter((key) => value[key] !== undefined).length === 1;

export const distance = z
  .strictObject({
    atr: z.number().positive().optional().describe('Multiple of the average true range.'),
    atr_length: z.int().min(1).default(14).describe('Bars of the average true range.'),
    percent: z.number().positive().lt(100).optional().describe('Percent of the entry price.'),
  })
  .refine(exactlyOne('atr', 'percent'), 'Expected exactly one of atr and percent, such as { atr: 2 }');

export const sizing = z
  .strictObject({
    fixed: z.number().positive().optional().describe('Quantity of the base asset.'),
    percent: z.number().positive().optional().describe("Percent of the strategy's capital; 100 is all of it."),
    risk_pct: z.number().positive().max(100).optional().describe('Percent of equity lost at the stop. Needs a stop.'),
    volatility_pct: z.number().positive().optional().describe('Yearly volatility of the position, percent of equity.'),
    volatility_length: z.int().min(2).default(20).describe('Bars over which volatility_pct measures.'),
  })
  .refine(
    exactlyOne('fixed', 'percent', 'risk_pct', 'volatility_pct'),
    'Expected exactly one of fixed, percent, risk_pct and volatility_pct, such as { percent: 50 }',
  );

export const partialExit = z.strictObject({
  at_r: z.number().positive().describe('Open profit in R at which the part is taken off.'),
  fraction: z.number().gt(0).lt(1).describe('Part of the position, as a fraction.'),
});

export type DistanceConfig = z.output<typeof distance>;
export type SizingConfig = z.output<typeof sizing>;
