import { ValvulinError } from '../../core/errors.ts';
import type { InputKind, JournalInput } from '../journal/journal.ts';
import type { InputLog } from '../live-run.ts';
import { decodeInput, type TopInput } from './input-codec.ts';

/** What a run brings about by itself: on paper the venue's answers too. */
const DERIVED = { paper: ['close', 'fill', 'end'], live: ['close'] } as const satisfies Record<string, InputKind[]>;

/**
 * Gives a fresh run the inputs of an earlier one, and compares all that follows from them with what the journal says
 * followed then, byte for byte. What a crash cut off behind the last input is written to `tail` as new.
 */
export class Replay implements InputLog {
  readonly #rows: Iterator<JournalInput>;
  readonly #derived: readonly InputKind[];
  readonly #tail: InputLog;
  #next: JournalInput | undefined;
  #current: JournalInput | undefined;
  #compared = 0;
  /** Once past the rows, or nobody's replay. */
  #over = false;

  constructor(rows: Iterator<JournalInput>, mode: 'paper' | 'live', tail: InputLog) {
    this.#rows = rows;
    this.#derived = DERIVED[mode];
    this.#tail = tail;
    this.#advance();
  }

  /** How many inputs were found the same. */
  get compared(): number {
    return this.#compared;
  }

  /**
   * Plays all inputs.
   * @throws ValvulinError `VLV_RECOVERY` where something else follows from an input than did then
   */
  play(take: (input: TopInput) => void): void {
    while (this.#next) {
      if (this.#derived.includes(this.#next.kind)) throw this.#differs(`nothing before it brings about this one`);
      const input = decodeInput(this.#next.payload);
      if (input.kind === 'close') throw this.#differs('a close without a slice');
      take(input);
    }
    this.#over = true;
  }

  input(time: number, kind: InputKind, payload: string): number {
    const row = this.#next;
    if (this.#over || !row) return this.#tail.input(time, kind, payload);
    if (row.kind !== kind || row.payload !== payload) throw this.#differs(`this run has ${kind} ${payload}`);
    this.#assertNoMoreCommands();
    this.#current = row;
    this.#compared++;
    this.#advance();
    return row.seq;
  }

  commands(seq: number, commands: string): void {
    const row = this.#current;
    if (this.#over || row?.seq !== seq) {
      this.#tail.commands(seq, commands);
      return;
    }
    this.#current = undefined;
    if (row.commands === commands) return;
    // A crash came between the last input and its commands: they were never sent, and are written down now.
    if (row.commands === null && !this.#next) {
      this.#tail.commands(seq, commands);
      return;
    }
    throw new ValvulinError('VLV_RECOVERY', `Expected the commands "${row.commands}", got "${commands}"`, {
      where: `journal, input ${seq}`,
      hint: HINT,
    });
  }

  #assertNoMoreCommands(): void {
    const row = this.#current;
    if (!row || row.commands === null) return;
    throw new ValvulinError('VLV_RECOVERY', `Expected the commands "${row.commands}", got none`, {
      where: `journal, input ${row.seq}`,
      hint: HINT,
    });
  }

  #advance(): void {
    const step = this.#rows.next();
    this.#next = step.done === true ? undefined : step.value;
  }

  #differs(what: string): ValvulinError {
    const row = this.#next;
    return new ValvulinError('VLV_RECOVERY', `Expected the input ${row?.kind} ${row?.payload}; ${what}`, {
      where: `journal, input ${row?.seq}`,
      hint: HINT,
    });
  }
}

const HINT = 'The program or the config is another than that which wrote the journal. Replay with the same version.';
