/** Words made at a time: a block keeps the state in locals, which is several times faster than one call per word. */
const BLOCK = 1024;
const TWO_POW_MINUS_16 = 1 / 65_536;
const TWO_POW_MINUS_32 = 1 / 4_294_967_296;
/** Six 16-bit halves have this mean once scaled to [0, 1) and summed. */
const SIX_HALVES_MEAN = 3 - 6 / 131_072;
/** The variance of one uniform is 1/12, so six have 1/2: times the root of two gives a variance of one. */
const SIX_HALVES_SCALE = Math.SQRT2;
const HALF_MEAN = 0.5 - 1 / 131_072;
/** Twelve fifths: scales the sum of five squared uniforms to a mean of one. */
const FIVE_SQUARES_SCALE = 2.4;
/** 1 / sqrt(E[1 / (2.4 S)]) for that sum S, by numerical integration: gives `student` a variance of one. */
const STUDENT_SCALE = 0.8853;
/** A draw beyond this many standard deviations is cut, so that one bar cannot leave the range of a market. */
const STUDENT_LIMIT = 10;

/**
 * A seeded stream of random numbers: xoshiro128** (Blackman and Vigna, 2018), seeded through splitmix32.
 * Every distribution uses only + - * / and square roots, which IEEE 754 rounds the same way on every machine; so the
 * same seed gives the same bits everywhere.
 */
export class RandomStream {
  readonly #state = new Int32Array(4);
  readonly #words = new Uint32Array(BLOCK);
  #position = BLOCK;

  /** @param seed any number of 32-bit words that together name the stream */
  constructor(...seed: readonly number[]) {
    let mixed = 0;
    for (const word of seed) mixed = splitmix(mixed ^ word);
    for (let i = 0; i < 4; i++) this.#state[i] = splitmix(mixed + i);
    if (this.#state.every((word) => word === 0)) this.#state[0] = 1;
  }

  /** A whole number in [0, 2^32). */
  word(): number {
    if (this.#position === BLOCK) this.#refill();
    return this.#words[this.#position++];
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    return this.word() * TWO_POW_MINUS_32;
  }

  /** Close to normal, mean 0 and variance 1: the sum of six uniforms. */
  normal(): number {
    const a = this.word();
    const b = this.word();
    const c = this.word();
    const sum = (a & 0xffff) + (a >>> 16) + (b & 0xffff) + (b >>> 16) + (c & 0xffff) + (c >>> 16);
    return (sum * TWO_POW_MINUS_16 - SIX_HALVES_MEAN) * SIX_HALVES_SCALE;
  }

  /**
   * Fat-tailed, mean 0 and variance 1: a normal over the root of a sum of five squares, as in Student's t. The sum has
   * the density of a chi-squared one near zero, hence the same tails.
   */
  student(): number {
    const a = this.word();
    const b = this.word();
    const c = this.word();
    const v = (a & 0xffff) * TWO_POW_MINUS_16 - HALF_MEAN;
    const w = (a >>> 16) * TWO_POW_MINUS_16 - HALF_MEAN;
    const x = (b & 0xffff) * TWO_POW_MINUS_16 - HALF_MEAN;
    const y = (b >>> 16) * TWO_POW_MINUS_16 - HALF_MEAN;
    const z = (c & 0xffff) * TWO_POW_MINUS_16 - HALF_MEAN;
    const draw =
      (this.normal() * STUDENT_SCALE) / Math.sqrt(FIVE_SQUARES_SCALE * (v * v + w * w + x * x + y * y + z * z));
    return draw > STUDENT_LIMIT ? STUDENT_LIMIT : draw < -STUDENT_LIMIT ? -STUDENT_LIMIT : draw;
  }

  /** Close to exponential with mean 1: half a chi-squared with two degrees of freedom. */
  exponential(): number {
    const x = this.normal();
    const y = this.normal();
    return 0.5 * (x * x + y * y);
  }

  #refill(): void {
    let [s0, s1, s2, s3] = this.#state;
    for (let i = 0; i < BLOCK; i++) {
      const product = Math.imul(s1, 5);
      this.#words[i] = Math.imul((product << 7) | (product >>> 25), 9);
      const shifted = s1 << 9;
      s2 ^= s0;
      s3 ^= s1;
      s1 ^= s2;
      s0 ^= s3;
      s2 ^= shifted;
      s3 = (s3 << 11) | (s3 >>> 21);
    }
    this.#state.set([s0, s1, s2, s3]);
    this.#position = 0;
  }
}

/** A 32-bit hash of a text (FNV-1a), to name a stream after a symbol. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

function splitmix(seed: number): number {
  let z = (seed + 0x9e3779b9) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) | 0;
}
