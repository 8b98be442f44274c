import type { Clock, Random } from '../core/ports.ts';
import type { FaultPlan, RequestFault, RequestFaultRule } from './faults.ts';

interface Live {
  readonly rule: RequestFaultRule;
  left: number;
}

/** Draws the faults of each request from a plan, in the order of the rules. */
export class FaultInjector {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #live: Live[] = [];

  constructor(plan: FaultPlan, clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
    for (const rule of plan.requests ?? []) this.add(rule);
  }

  add(rule: RequestFaultRule): void {
    this.#live.push({ rule, left: rule.times ?? Number.POSITIVE_INFINITY });
  }

  /** What goes wrong on the way of this request: at most one thing. */
  network(operation: string): RequestFault | null {
    return this.#draw(operation, false).at(0) ?? null;
  }

  /** What goes wrong inside the exchange: any number of things. */
  engine(operation: string): RequestFault[] {
    return this.#draw(operation, true);
  }

  #draw(operation: string, engine: boolean): RequestFault[] {
    const now = this.#clock.now();
    const drawn: RequestFault[] = [];
    for (const live of this.#live) {
      const { fault, operations, from, until, chance } = live.rule;
      if (live.left <= 0 || fault.verb.startsWith('eng.') !== engine) continue;
      if (operations !== undefined && !operations.includes(operation)) continue;
      if ((from !== undefined && now < from) || (until !== undefined && now >= until)) continue;
      if (chance !== undefined && this.#random() >= chance) continue;
      live.left--;
      drawn.push(fault);
      if (!engine) break;
    }
    return drawn;
  }
}
