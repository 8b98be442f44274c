import { z } from 'zod';
import { configSchema } from './schema.ts';

/** The part of JSON Schema that the config's own schema uses. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

let generated: JsonSchema | undefined;

/** The config as JSON Schema (2020-12): what `config.schema.json` holds for editors. */
export function configJsonSchema(): JsonSchema {
  generated ??= {
    ...z.toJSONSchema(configSchema, { io: 'input' }),
    title: 'Valvulin configuration',
  } as JsonSchema;
  return generated;
}

/**
 * The schema of the value at `path`; undefined where the config knows none. Where a list element may have one of
 * several shapes, `value`, the whole config as given, says which one its `type` names.
 */
export function schemaAt(path: readonly PropertyKey[], value: unknown): JsonSchema | undefined {
  let schema: JsonSchema | undefined = configJsonSchema();
  let here = value;
  for (const step of path) {
    schema = typeof step === 'number' ? schema.items : schema.properties?.[String(step)];
    here = here !== null && typeof here === 'object' ? (here as Record<PropertyKey, unknown>)[step] : undefined;
    if (!schema) return undefined;
    schema = chosen(schema, here);
  }
  return schema;
}

function chosen(schema: JsonSchema, value: unknown): JsonSchema {
  const shapes = schema.oneOf ?? schema.anyOf;
  if (!shapes) return schema;
  const filled = shapes.filter((shape) => shape.type !== 'null');
  if (filled.length === 1) return { ...filled[0], ...(schema.description ? { description: schema.description } : {}) };
  const type = value !== null && typeof value === 'object' ? (value as { type?: unknown }).type : undefined;
  if (!filled.some((shape) => shape.properties?.type)) {
    const kind = value !== null && typeof value === 'object' ? 'object' : 'string';
    return filled.find((shape) => shape.type === kind) ?? filled[0];
  }
  return filled.find((shape) => shape.properties?.type?.const === type) ?? mergedTypes(filled);
}

/** Where `type` is itself wrong or missing: the keys all shapes share, and `type` with every value it may have. */
function mergedTypes(shapes: readonly JsonSchema[]): JsonSchema {
  const types = shapes.map((shape) => shape.properties?.type?.const);
  return { type: 'object', properties: { ...shapes[0]?.properties, type: { enum: types } } };
}

/** What a value may be, in words: `one of open, close`, `a number from 0 to 1`. Empty where anything may stand. */
export function allowedWords(schema: JsonSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return `one of ${schema.enum.join(', ')}`;
  switch (schema.type) {
    case 'number':
    case 'integer':
      return numberWords(schema);
    case 'boolean':
      return 'true or false';
    case 'string':
      return 'text';
    case 'array':
      return `a list${schema.items?.properties ? ' of maps' : ''}`;
    case 'object':
      return schema.properties ? `a map with the keys ${Object.keys(schema.properties).join(', ')}` : 'a map';
    default:
      return '';
  }
}

function numberWords(schema: JsonSchema): string {
  const noun = schema.type === 'integer' ? 'a whole number' : 'a number';
  const low =
    schema.minimum !== undefined && schema.minimum > -1e15
      ? `of at least ${schema.minimum}`
      : schema.exclusiveMinimum !== undefined
        ? `above ${schema.exclusiveMinimum}`
        : '';
  const high =
    schema.maximum !== undefined && schema.maximum < 1e15
      ? `at most ${schema.maximum}`
      : schema.exclusiveMaximum !== undefined
        ? `below ${schema.exclusiveMaximum}`
        : '';
  return [noun, [low, high].filter(Boolean).join(' and ')].filter(Boolean).join(' ');
}
