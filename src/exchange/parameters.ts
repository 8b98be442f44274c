import { DECIMALS, units } from './amount.ts';
import { refusal } from './api-error.ts';

const DECIMAL = /^([0-9]{1,20})(\.([0-9]{1,20}))?$/;
const DECIMAL_RANGE = '^([0-9]{1,20})(\\.[0-9]{1,20})?$';
const INTEGER = /^[0-9]{1,19}$/;
export const CLIENT_ID = /^[a-zA-Z0-9-_]{1,36}$/;

/** The parameters of one request; refuses what is missing or malformed in Binance's words, and notes what was read. */
export class Parameters {
  readonly #values: ReadonlyMap<string, string>;
  readonly #read = new Set<string>();

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  has(name: string): boolean {
    this.#read.add(name);
    return this.#values.has(name);
  }

  /** The value, or undefined where it was not sent. @throws Refusal -1105 where it is empty */
  optional(name: string): string | undefined {
    this.#read.add(name);
    const value = this.#values.get(name);
    if (value === '') throw refusal(-1105, `Parameter '${name}' was empty.`);
    return value;
  }

  /** @throws Refusal -1102 */
  text(name: string): string {
    return this.optional(name) ?? this.#missing(name);
  }

  #missing(name: string): never {
    throw refusal(-1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`);
  }

  /** One of the words; `code` and `msg` refuse others. */
  choice<T extends string>(name: string, words: readonly T[], code: number, msg: string): T {
    const value = this.text(name);
    const word = words.find((known) => known === value);
    if (word === undefined) throw refusal(code, msg);
    return word;
  }

  optionalChoice<T extends string>(name: string, words: readonly T[], code: number, msg: string): T | undefined {
    return this.optional(name) === undefined ? undefined : this.choice(name, words, code, msg);
  }

  /** Units of 1e-8, or undefined. @throws Refusal -1100, -1111, -1102 where it is 0 */
  amount(name: string): bigint | undefined {
    const value = this.optional(name);
    if (value === undefined) return undefined;
    const match = DECIMAL.exec(value);
    if (!match) {
      throw refusal(-1100, `Illegal characters found in parameter '${name}'; legal range is '${DECIMAL_RANGE}'.`);
    }
    if ((match[3] ?? '').length > DECIMALS) throw refusal(-1111, `Parameter '${name}' has too much precision.`);
    const amount = units(value);
    return amount > 0n ? amount : this.#missing(name);
  }

  /** @throws Refusal -1100, -1102 */
  integer(name: string): number | undefined {
    const value = this.optional(name);
    if (value === undefined) return undefined;
    if (!INTEGER.test(value)) {
      throw refusal(-1100, `Illegal characters found in parameter '${name}'; legal range is '^[0-9]{1,20}$'.`);
    }
    return Number(value);
  }

  /** A count such as `limit`: the usual value where it was not sent, never above `most`. */
  limit(usual: number, most: number): number {
    const limit = this.integer('limit') ?? usual;
    if (limit < 1) throw refusal(-1130, "Data sent for parameter 'limit' is not valid.");
    return Math.min(limit, most);
  }

  /** A list such as `["A","B"]`, or undefined. @throws Refusal -1100 */
  list(name: string): readonly string[] | undefined {
    const value = this.optional(name);
    if (value === undefined) return undefined;
    if (!/^\["[^"]+"(,"[^"]+")*\]$/.test(value)) {
      throw refusal(-1100, `Illegal characters found in parameter '${name}'; legal range is '["A","B"]'.`);
    }
    return value.slice(2, -2).split('","');
  }

  /** A client id, or undefined. @throws Refusal -1100 */
  clientId(name: string): string | undefined {
    const value = this.optional(name);
    if (value === undefined || CLIENT_ID.test(value)) return value;
    throw refusal(-1100, `Illegal characters found in parameter '${name}'; legal range is '^[a-zA-Z0-9-_]{1,36}$'.`);
  }

  /** @throws Refusal -1106 where the parameter was sent */
  forbid(name: string): void {
    if (this.has(name)) throw refusal(-1106, `Parameter '${name}' sent when not required.`);
  }

  /** @throws Refusal -1104 where something was sent that nobody asked for */
  finish(): void {
    const read = [...this.#values.keys()].filter((name) => this.#read.has(name)).length;
    if (read === this.#values.size) return;
    throw refusal(
      -1104,
      `Not all sent parameters were read; read '${read}' parameter(s) but was sent '${this.#values.size}'.`,
    );
  }
}
