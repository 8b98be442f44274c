type Refinement<P> = [check: (params: P) => boolean, options: { path: string[]; error: (issue: object) => string }];

/** The arguments of `refine` for a parameter that must be below another one; the message gives both values. */
export function below<A extends string, B extends string>(a: A, b: B): Refinement<Record<A | B, number>> {
  const say = ({ input }: { input?: Record<A | B, number> }): string =>
    `Expected "${a}" (${input?.[a]}) below "${b}" (${input?.[b]})`;
  return [(params) => params[a] < params[b], { path: [a], error: say }];
}
