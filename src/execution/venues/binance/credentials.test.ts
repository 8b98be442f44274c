import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { credentialsFromEnvironment, credentialsFromFile } from './credentials.ts';
import { binanceEndpoints, checkHosts } from './endpoints.ts';
import { Secret } from './secret.ts';

const CANARY = 'canary-9f31c2';
const refusal = (part: string | RegExp): unknown =>
  expect.objectContaining({ code: 'VLV_VENUE_KEYS', message: expect.stringMatching(part) });

let folder: string;
const write = (content: string, mode = 0o600): string => {
  const path = join(folder, 'keys.yaml');
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keys-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a secret', () => {
  it('is shown by nothing but reveal', () => {
    const secret = new Secret(CANARY);
    const error = new Error(`key ${String(secret)}`, { cause: secret });
    const shown = [
      String(secret),
      JSON.stringify({ secret }),
      inspect({ secret }, { depth: 9, showHidden: true }),
      inspect(error),
    ];
    for (const text of shown) expect(text).not.toContain(CANARY);
    expect(Object.values(secret)).toEqual([]);
    expect(secret.reveal()).toBe(CANARY);
  });
});

describe('keys from a file', () => {
  it('are read as YAML or JSON, with a secret or a private key', () => {
    const pem = '-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----';
    const yaml = `venue: binance\napi_key: k1\nprivate_key: |\n  ${pem.replaceAll('\n', '\n  ')}\n`;
    const { credentials, warning } = credentialsFromFile(write(yaml), 'binance');
    expect([credentials.apiKey.reveal(), credentials.secret.reveal(), credentials.venue, warning]).toEqual([
      'k1',
      pem,
      'binance',
      null,
    ]);
    const json = JSON.stringify({ venue: 'binance-testnet', api_key: ' k2 ', api_secret: 's2\n' });
    const second = credentialsFromFile(write(json), 'binance-testnet').credentials;
    expect([second.apiKey.reveal(), second.secret.reveal()]).toEqual(['k2', 's2']);
  });

  it.each([0o640, 0o604, 0o660, 0o644, 0o601])('are refused where others may read them: %o', (mode) => {
    const path = write('venue: binance\napi_key: k\napi_secret: s\n', mode);
    expect(() => credentialsFromFile(path, 'binance')).toThrow(refusal(`"0${mode.toString(8)}"`));
  });

  it('are refused for another venue, both ways', () => {
    const live = write('venue: binance\napi_key: k\napi_secret: s\n');
    expect(() => credentialsFromFile(live, 'binance-testnet')).toThrow(
      refusal('"binance-testnet", got keys of "binance"'),
    );
    const test = write('venue: binance-testnet\napi_key: k\napi_secret: s\n');
    expect(() => credentialsFromFile(test, 'binance')).toThrow(refusal('"binance", got keys of "binance-testnet"'));
  });

  it.each([
    ['nothing', ''],
    ['a list', `- ${CANARY}`],
    ['a text', CANARY],
    ['broken YAML', `api_key: "${CANARY}\n  - : :`],
    ['no venue', `api_key: k\napi_secret: ${CANARY}`],
    ['no key', `venue: binance\napi_secret: ${CANARY}`],
    ['no secret', `venue: binance\napi_key: ${CANARY}`],
    ['two secrets', `venue: binance\napi_key: k\napi_secret: ${CANARY}\nprivate_key: x`],
    ['a number', `venue: binance\napi_key: k\napi_secret: 12345`],
    ['an unknown key', `venue: binance\napi_key: k\napi_secret: ${CANARY}\nsecret: x`],
  ])('are refused with %s, without showing any', (_what, content) => {
    const read = (): unknown => credentialsFromFile(write(content), 'binance');
    expect(read).toThrow(refusal(/^Expected/));
    try {
      read();
    } catch (error) {
      expect(inspect(error)).not.toContain(CANARY);
    }
  });

  it('are refused where there is no file', () => {
    expect(() => credentialsFromFile(join(folder, 'none'), 'binance')).toThrow(refusal('ENOENT'));
  });
});

describe('keys from the environment', () => {
  it('carry a warning, and belong to the venue by their names', () => {
    const environment = { BINANCE_API_KEY: 'live', BINANCE_API_SECRET: 's', BINANCE_TESTNET_API_KEY: 'test' };
    const found = credentialsFromEnvironment(environment, 'binance');
    expect(found?.credentials.apiKey.reveal()).toBe('live');
    expect(found?.warning).toContain('key file');
    expect(() => credentialsFromEnvironment(environment, 'binance-testnet')).toThrow(refusal('only one'));
    expect(credentialsFromEnvironment(environment, 'binance-demo')).toBeUndefined();
  });

  it('may be a private key on one line', () => {
    const found = credentialsFromEnvironment({ BINANCE_API_KEY: 'k', BINANCE_PRIVATE_KEY: 'a\\nb' }, 'binance');
    expect(found?.credentials.secret.reveal()).toBe('a\nb');
  });
});

describe('addresses', () => {
  it.each(['binance', 'binance-testnet', 'binance-demo'])('of %s belong to it', (name) => {
    const endpoints = binanceEndpoints(name);
    expect(checkHosts(endpoints)).toBe(endpoints);
    for (const other of ['binance', 'binance-testnet', 'binance-demo', 'local']) {
      if (other !== name) expect(() => checkHosts({ ...endpoints, name: other })).toThrow(refusal(other));
    }
  });

  it.each([
    'https://api.binance.com.evil.example',
    'https://evil.example/api.binance.com',
    'https://api.binance.com@evil.example',
    'http://api.binance.com',
    'https://xapi.binance.com',
    'https://api5.binance.com',
  ])('like %s are refused for live keys', (rest) => {
    expect(() => checkHosts({ ...binanceEndpoints('binance'), rest })).toThrow(refusal('binance'));
  });

  it('of a local exchange are on this machine', () => {
    expect(binanceEndpoints('local', 'http://127.0.0.1:9/')).toEqual({
      name: 'local',
      rest: 'http://127.0.0.1:9',
      ws: 'ws://127.0.0.1:9',
      wsApi: 'ws://127.0.0.1:9/ws-api/v3',
    });
    for (const url of ['http://localhost:1', 'https://[::1]:1']) expect(binanceEndpoints('local', url).rest).toBe(url);
    expect(() => binanceEndpoints('local', 'http://192.168.0.2:9')).toThrow(refusal('192.168.0.2'));
    expect(() => binanceEndpoints('kraken')).toThrow(expect.objectContaining({ code: 'VLV_VENUE_UNSUPPORTED' }));
  });
});
