import { ValvulinError } from '../../../core/errors.ts';
import { flag, type Json, record } from './reply-fields.ts';
import type { BinanceRest } from './rest.ts';

/** Rights that a key of an engine that trades spot may have. */
const HARMLESS = ['enableReading', 'enableSpotAndMarginTrading', 'enableFixApiTrade', 'enableFixReadOnly'];
/** Rights that the reply must state, for it to count as read. */
const STATED = [
  'enableReading',
  'enableSpotAndMarginTrading',
  'enableWithdrawals',
  'enableInternalTransfer',
  'permitsUniversalTransfer',
  'enableMargin',
  'enableFutures',
  'enableVanillaOptions',
];

/**
 * Makes sure that the API key can trade and do nothing worse, and is bound to an address.
 * @param anyAddress what to do with a key that works from everywhere: `refuse` it, or `warn`
 * @returns what the owner should be told, one sentence each
 * @throws ValvulinError `VLV_VENUE_PERMISSION`, also where the rights cannot be read
 */
export async function checkPermissions(rest: BinanceRest, anyAddress: 'refuse' | 'warn'): Promise<readonly string[]> {
  const path = '/sapi/v1/account/apiRestrictions';
  let rights: Json;
  let bound: boolean;
  try {
    rights = await rest.ask({ method: 'GET', path, params: {}, weight: 1, signed: true }, record);
    for (const name of STATED) flag(rights, name);
    bound = flag(rights, 'ipRestrict');
  } catch (error) {
    throw new ValvulinError(
      'VLV_VENUE_PERMISSION',
      `Expected to read what the API key may do, got "${(error as Error).message}"`,
      { where: path, hint: 'A key whose rights are unknown is not used.', cause: error },
    );
  }
  // Rights that did not exist when this was written count as dangerous.
  const dangerous = Object.keys(rights).filter(
    (name) => /^(enable|permits)/.test(name) && rights[name] === true && !HARMLESS.includes(name),
  );
  if (dangerous.length > 0) {
    throw refusal(`may "${dangerous.join('", "')}"`, 'Make a key that may only read and trade spot.');
  }
  if (rights.enableReading !== true || rights.enableSpotAndMarginTrading !== true) {
    throw refusal('may not read and trade spot', 'Enable reading and spot trading for this key, and nothing else.');
  }
  if (bound) return [];
  const open = 'works from any address';
  if (anyAddress === 'refuse') throw refusal(open, "Restrict the key to this machine's address at the exchange.");
  return [`The API key ${open}: restrict it to this machine's address at the exchange.`];
}

function refusal(what: string, hint: string): ValvulinError {
  return new ValvulinError('VLV_VENUE_PERMISSION', `Expected an API key that may only trade, got one that ${what}`, {
    hint,
  });
}
