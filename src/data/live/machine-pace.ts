import type { Clock } from '../../core/ports.ts';

/** A clock that waits as long as the machine does, where `clock` runs `speed` times as fast. */
export function machinePace(clock: Clock, speed: number): Clock {
  if (speed === 1) return clock;
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic() / speed,
    after: (ms, run) => clock.after(ms * speed, run),
  };
}
