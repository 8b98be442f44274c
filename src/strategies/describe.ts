import { z } from 'zod';
import { toSnake } from '../core/config/names.ts';
import type { StrategyClass } from './base.ts';

/** One parameter of a strategy, for lists and documentation. */
export interface ParamDescription {
  /** In TypeScript: `emaShort`. */
  readonly name: string;
  /** In config, on the command line and in JSON: `ema_short`. */
  readonly configName: string;
  /** `integer`, `number`, `boolean`, `string`, the words it may be as `a | b`, or `list of` one of these. */
  readonly type: string;
  /** Smallest and largest value; null where there is no bound. */
  readonly minimum: number | null;
  readonly maximum: number | null;
  /** Undefined where the parameter must be given. */
  readonly default: unknown;
  readonly description: string;
}

type Property = z.core.JSONSchema.JSONSchema;

/** The parameters of a strategy in the order of its schema. */
export function describeParams(strategy: Pick<StrategyClass, 'params'>): ParamDescription[] {
  const { properties = {} } = z.toJSONSchema(strategy.params, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).map(([name, given]) => {
    const property: Property = typeof given === 'boolean' ? {} : given;
    return {
      name,
      configName: toSnake(name),
      type: typeOf(property),
      minimum: bound(property.minimum),
      maximum: bound(property.maximum),
      default: property.default,
      description: property.description ?? '',
    };
  });
}

function typeOf({ type, enum: words, items }: Property): string {
  if (words) return words.join(' | ');
  if (type !== 'array') return String(type ?? 'any');
  return `list of ${typeof items === 'object' && !Array.isArray(items) ? typeOf(items as Property) : 'any'}`;
}

/** Whole numbers carry the limits of exact doubles as bounds, which say nothing. */
function bound(value: number | undefined): number | null {
  return value === undefined || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? null : value;
}
