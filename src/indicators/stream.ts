import type { Indicator, Input, Output } from './indicator.ts';

/** The streaming form of an indicator: holds its state, takes one bar at a time. */
export interface IndicatorStream<I extends string, O extends string> {
  /** Takes the next bar and returns the value at it; NaN during warm-up and where an input is not finite. */
  update(input: Input<I>): Output<O>;
}

/**
 * Starts the streaming form of an indicator. Fed the bars of a column from its first one, it gives the same bits as the
 * batch form, because both run the same kernel.
 *
 * `const fast = stream(emaIndicator, { length: 12 }); fast.update(101.5);`
 * @throws RangeError where a parameter is impossible
 */
export function stream<P extends object, I extends string, O extends string>(
  definition: Indicator<P, I, O>,
  params: P,
): IndicatorStream<I, O> {
  return new KernelStream(definition, params);
}

class KernelStream<P extends object, I extends string, O extends string> implements IndicatorStream<I, O> {
  readonly #definition: Indicator<P, I, O>;
  readonly #params: P;
  readonly #state: unknown;
  readonly #inputs: readonly Float64Array[];
  readonly #out: readonly Float64Array[];
  readonly #scalarInput: boolean;
  readonly #scalarOutput: boolean;

  constructor(definition: Indicator<P, I, O>, params: P) {
    this.#definition = definition;
    this.#params = { ...params };
    this.#state = definition.createState(params, 1);
    this.#inputs = definition.inputs.map(() => new Float64Array(1));
    this.#out = definition.outputs.map(() => new Float64Array(1));
    this.#scalarInput = definition.inputs.length === 1 && String(definition.inputs[0]) === 'value';
    this.#scalarOutput = definition.outputs.length === 1 && String(definition.outputs[0]) === 'value';
  }

  update(input: Input<I>): Output<O> {
    if (this.#take(input)) {
      this.#definition.step(this.#inputs, 0, 1, this.#state, this.#params, this.#out);
    } else {
      for (const column of this.#out) column[0] = Number.NaN;
    }
    if (this.#scalarOutput) return this.#out[0][0] as Output<O>;
    const result: Record<string, number> = {};
    for (let k = 0; k < this.#out.length; k++) result[this.#definition.outputs[k]] = this.#out[k][0];
    return result as Output<O>;
  }

  #take(input: Input<I>): boolean {
    if (this.#scalarInput) {
      this.#inputs[0][0] = input as number;
      return Number.isFinite(input);
    }
    const bar = input as Readonly<Record<I, number>>;
    let good = true;
    for (let k = 0; k < this.#inputs.length; k++) {
      const value = bar[this.#definition.inputs[k]];
      this.#inputs[k][0] = value;
      good = good && Number.isFinite(value);
    }
    return good;
  }
}
