import { ValvulinError } from '../../../src/core/errors.ts';
import { checkAtRest, checkStopped } from './at-rest.ts';
import { drawPlan, type LifeEvent, type SimPlan } from './draw.ts';
import { EngineLife } from './engine-life.ts';
import { Death, type Violation, World } from './world.ts';

export interface SimResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly hash: string;
  readonly events: number;
  readonly lives: number;
  readonly trades: number;
  /** Points of journal writes at which the process could have died. */
  readonly writes: number;
  readonly trace: readonly string[];
}

const SECOND = 1_000;
/** A supervisor starts what ended by itself again after this. */
const RESTART_MS = 3_000;
/** From when on all must be well after the last fault, and by when. */
const WELL_MS = 120 * SECOND;
/** A firewall that refused a request is left alone for five minutes. */
const WELL_AGAIN_MS = 420 * SECOND;

/** Plays what a seed stands for. */
export function simulateSeed(seed: number): Promise<SimResult> {
  return simulate(drawPlan(seed));
}

/** Plays a plan to its end and judges it. Stops at the first thing that is wrong. */
export async function simulate(plan: SimPlan): Promise<SimResult> {
  const run = new Simulation(plan);
  await run.play();
  const { world } = run;
  return {
    seed: plan.seed,
    violations: world.violations,
    hash: world.hash(),
    events: world.events,
    lives: run.lives,
    trades: world.oracle.trades.length,
    writes: world.writes,
    trace: world.trace,
  };
}

class Simulation {
  readonly world: World;
  lives = 0;
  readonly #plan: SimPlan;
  #life: EngineLife | null = null;
  #restartAt: number;
  /** Write points left until the process dies. */
  #writesLeft: number | null = null;
  #dying: (LifeEvent & { readonly kind: 'crashAtWrite' }) | null = null;
  #stopping = false;

  constructor(plan: SimPlan) {
    this.#plan = plan;
    this.world = new World(plan);
    this.#restartAt = plan.start;
    this.world.onWrite = () => {
      if (this.#writesLeft === null || --this.#writesLeft > 0) return;
      this.#writesLeft = null;
      this.#life?.kill();
      throw new Death('the process died at a write');
    };
  }

  async play(): Promise<void> {
    const { world } = this;
    const { calm, life } = this.#plan;
    world.market.start();
    for (const event of life) {
      await this.#live(event.at);
      if (world.violations.length > 0) return;
      this.#happen(event);
    }
    await this.#live(calm);
    this.#writesLeft = null;
    this.#happen({ kind: 'wall', at: calm, ms: -(this.#life?.life.wall ?? 0) });
    await this.#live(calm + WELL_MS);
    if (world.violations.length > 0) return;
    await this.#rest();
  }

  /** The process lives, dies and is started again until `time`. */
  async #live(time: number): Promise<void> {
    const { world } = this;
    while (world.violations.length === 0 && world.clock.now() < time) {
      if (this.#life === null) {
        await world.runUntil(Math.min(time, this.#restartAt));
        if (world.clock.now() >= this.#restartAt) this.#birth();
        else return;
      }
      await world.runUntil(time, () => this.#life === null || this.#isOver(this.#life));
      if (this.#life !== null && this.#isOver(this.#life)) this.#bury();
    }
  }

  #isOver({ life, failure }: EngineLife): boolean {
    return !life.alive || failure !== undefined;
  }

  #birth(): void {
    this.world.note(`life ${this.lives + 1}`);
    this.#life = new EngineLife(this.world, ++this.lives);
  }

  #bury(): void {
    const { world } = this;
    const restartMs = this.#dying?.restartMs ?? RESTART_MS;
    this.#life?.kill();
    this.#life = null;
    this.world.disk.crash(this.#dying?.keepUnsynced ?? true);
    this.#restartAt = this.world.clock.now() + restartMs;
    this.#writesLeft = this.#dying?.again ?? null;
    const { keepUnsynced = true } = this.#dying ?? {};
    this.#dying =
      this.#writesLeft === null
        ? null
        : { kind: 'crashAtWrite', at: world.clock.now(), point: this.#writesLeft, keepUnsynced, restartMs };
    this.world.note('dead');
  }

  #happen(event: LifeEvent): void {
    const { world } = this;
    world.note(`life event ${JSON.stringify(event)}`);
    const life = this.#life;
    if (life === null || this.#stopping) return;
    switch (event.kind) {
      case 'crash':
        life.kill();
        this.#life = null;
        world.disk.crash(event.keepUnsynced);
        this.#restartAt = world.clock.now() + event.restartMs;
        return;
      case 'crashAtWrite':
        this.#dying = event;
        this.#writesLeft = event.point;
        return;
      case 'terminate':
        if (!life.started) return;
        this.#terminate(life, event.restartMs);
        return;
      case 'stall':
        life.life.stall(event.ms);
        return;
      case 'wall':
        life.life.wall += event.ms;
        return;
      case 'disk':
        world.disk.failNext(event.fault);
        return;
      case 'operator':
        if (life.started) life.operate(event.state);
    }
  }

  #terminate(life: EngineLife, restartMs: number): void {
    const { world } = this;
    this.#stopping = true;
    const asked = world.clock.now();
    const over = (): void => {
      this.#stopping = false;
      if (!life.life.alive || this.#life !== life) return;
      const took = world.clock.now() - asked;
      // A machine that stood still is not the engine's fault.
      if (took > 60 * SECOND) world.violated('I11', `stopping took ${took} ms`);
      life.kill();
      this.#life = null;
      world.disk.crash(true);
      this.#restartAt = world.clock.now() + restartMs;
    };
    life.stop().then(over, (error: unknown) => {
      const code = error instanceof ValvulinError ? error.code : '';
      if (code !== 'VLV_JOURNAL' && !(error instanceof Death) && life.life.alive) {
        world.violated('I11', `could not stop: ${error instanceof Error ? error.stack : String(error)}`);
      }
      over();
    });
  }

  /** Faults are over: all must become well, and stay so over a stop and a start without anything new at the exchange. */
  async #rest(): Promise<void> {
    const { world } = this;
    const { clock } = world;
    const until = clock.now() + WELL_AGAIN_MS;
    let problems = ['the engine does not run'];
    while (clock.now() < until && world.violations.length === 0) {
      await this.#live(clock.now() + SECOND);
      const life = this.#life;
      if (!life?.started || !life.session) continue;
      if (life.session.engineRun.engine.risk.gate.state !== 'ACTIVE') life.operate('ACTIVE');
      problems = checkAtRest(world, life);
      if (problems.length === 0) break;
    }
    for (const problem of problems) world.violated('I11', problem);
    if (world.violations.length > 0 || !this.#life) return;
    // No bar closes between the stop and what is seen after the start.
    await this.#live(Math.ceil(clock.now() / 60_000) * 60_000 + 25 * SECOND);
    if (world.violations.length > 0) return;
    await this.#stopNow();
    for (const problem of checkStopped(world)) world.violated('I8', problem);
    if (world.violations.length > 0) return;
    const before = standing(world);
    const traded = world.oracle.trades.length;
    this.#birth();
    await world.runUntil(clock.now() + 10 * SECOND);
    const after = standing(world);
    if (after !== before && world.oracle.trades.length === traded)
      world.violated('I7', `a restart changed orders: ${before} became ${after}`);
    const restarted = this.#life as EngineLife;
    if (restarted.failure === undefined && !restarted.started) world.violated('I11', 'it did not start again');
    let left = ['nothing was looked at'];
    const seen = clock.now() + 60 * SECOND;
    while (left.length > 0 && clock.now() < seen && world.violations.length === 0) {
      await world.runUntil(clock.now() + SECOND);
      left = checkAtRest(world, restarted, false);
    }
    for (const problem of left) world.violated('I3', problem);
  }

  async #stopNow(): Promise<void> {
    const { world } = this;
    const life = this.#life as EngineLife;
    let stopped = false;
    this.#stopping = true;
    life.stop().then(
      () => {
        stopped = true;
      },
      (error: unknown) => world.violated('I11', `could not stop: ${String(error)}`),
    );
    await world.runUntil(world.clock.now() + 60 * SECOND, () => stopped);
    if (!stopped) world.violated('I11', 'it did not stop within a minute');
    life.kill();
    this.#life = null;
    this.#stopping = false;
    world.disk.crash(true);
  }
}

/** Own orders at the exchange that protect nothing, in one line. */
function standing(world: World): string {
  const ids = [...world.oracle.open()].map(({ clientId }) => clientId);
  return ids.filter((id) => !/-[st][a-z0-9]+$/.test(id)).join(' ');
}
