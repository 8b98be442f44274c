import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseConfig } from '../config/load-config.ts';
import { configSchemaText } from './config-schema.ts';

const root = new URL('../../../', import.meta.url);

it('is what config.schema.json holds: run "valvulin config schema > config.schema.json" after a change', () => {
  expect(readFileSync(new URL('config.schema.json', root), 'utf8')).toBe(configSchemaText());
});

it('describes the example, which names every key of the sections that are not lists', () => {
  const text = readFileSync(new URL('config.example.yaml', root), 'utf8');
  const config = parseConfig('config.example.yaml', text, {});
  for (const section of ['risk', 'execution', 'backtester', 'analytics', 'logging', 'scheduler'] as const) {
    for (const key of Object.keys(config[section])) expect(text, `${section}.${key}`).toMatch(new RegExp(`\\b${key}:`));
  }
  expect(
    config.data_feeds.map(({ type }) => type),
    'the example runs without a network',
  ).toEqual(['synthetic']);
});
