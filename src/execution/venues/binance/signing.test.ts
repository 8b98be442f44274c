import { createVerify, generateKeyPairSync, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from './secret.ts';
import { encodeParams, Signer, signedParams, socketSignature } from './signing.ts';

// The example keys that the exchange prints in its documentation.
const SECRET = 'NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j';
const KEY = 'vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A';
const hmac = new Signer({ apiKey: new Secret(KEY), secret: new Secret(SECRET) });

const order = {
  symbol: 'LTCBTC',
  side: 'BUY',
  type: 'LIMIT',
  timeInForce: 'GTC',
  quantity: 1,
  price: '0.1',
  recvWindow: 5000,
  timestamp: 1499827319559,
};

describe('HMAC signatures', () => {
  it('equal the ones that the exchange documents', () => {
    expect(signedParams(order, hmac)).toBe(
      `${encodeParams(order)}&signature=c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71`,
    );
    expect(signedParams({ ...order, symbol: '１２３４５６' }, hmac)).toContain(
      'e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3',
    );
  });

  it('equal the documented ones of the WebSocket API, whatever the order of the parameters', () => {
    const params = {
      type: 'LIMIT',
      timestamp: 1645423376532,
      symbol: 'BTCUSDT',
      side: 'SELL',
      timeInForce: 'GTC',
      quantity: '0.01000000',
      price: '52000.00',
      recvWindow: 100,
      apiKey: KEY,
    };
    expect(socketSignature(params, hmac)).toBe('aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24');
  });
});

describe('signatures of private keys', () => {
  it('verify with the public RSA key', () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const signer = new Signer({ apiKey: new Secret(KEY), secret: new Secret(pem) });
    const signature = signer.sign('symbol=A&timestamp=1');
    expect(signer.kind).toBe('rsa');
    expect(createVerify('sha256').update('symbol=A&timestamp=1').verify(publicKey, signature, 'base64')).toBe(true);
  });

  it('verify with the public Ed25519 key, and travel percent-encoded', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const signer = new Signer({ apiKey: new Secret(KEY), secret: new Secret(pem) });
    expect(signer.kind).toBe('ed25519');
    for (let timestamp = 0; timestamp < 40; timestamp++) {
      const sent = signedParams({ symbol: 'A', timestamp }, signer);
      const [payload, signature] = sent.split('&signature=');
      expect(signature).toMatch(/^[A-Za-z0-9%]+$/);
      const raw = Buffer.from(decodeURIComponent(signature), 'base64');
      expect(verify(null, Buffer.from(payload), publicKey, raw)).toBe(true);
    }
  });

  it.each([
    ['no key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'],
    [
      'a key of another kind',
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ],
  ])('refuse %s without showing it', (_what, pem) => {
    const make = (): Signer => new Signer({ apiKey: new Secret(KEY), secret: new Secret(pem) });
    expect(make).toThrow(expect.objectContaining({ code: 'VLV_VENUE_KEYS' }));
    expect(make).not.toThrow(pem.split('\n')[1]);
  });
});

describe('encoded parameters', () => {
  it('are what a URL parser leaves as they are, and reads back', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string({ unit: 'grapheme' })),
        (params) => {
          const encoded = encodeParams(params);
          expect(new URL(`http://localhost/?${encoded}`).search.slice(1)).toBe(encoded);
          expect(Object.fromEntries(new URLSearchParams(encoded))).toEqual({ ...params });
        },
      ),
    );
    expect(encodeParams({ a: undefined, b: 0, c: "'(*)!" })).toBe('b=0&c=%27%28%2A%29%21');
  });
});
