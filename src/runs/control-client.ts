import { createConnection } from 'node:net';
import type { Clock } from '../core/ports.ts';
import { type ControlReply, type ControlVerb, LONGEST_LINE } from './control-protocol.ts';

/** What came of a question to the engine of an account. */
export type EngineAnswer =
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string; readonly hint: string | null }
  /** Nobody listens there. */
  | { readonly kind: 'absent' }
  /** Somebody listens and did not answer in time, or not sensibly. */
  | { readonly kind: 'silent'; readonly reason: string };

export interface EngineQuestion {
  readonly do: ControlVerb;
  readonly who: string;
  readonly why: string;
}

/** Asks the engine that listens at `path`, and waits for its answer for at most `timeoutMs`. Never throws. */
export function askEngine(
  path: string,
  question: EngineQuestion,
  clock: Clock,
  timeoutMs: number,
): Promise<EngineAnswer> {
  return new Promise((done) => {
    const socket = createConnection(path);
    let text = '';
    const end = (answer: EngineAnswer): void => {
      timer.cancel();
      socket.destroy();
      done(answer);
    };
    const timer = clock.after(timeoutMs, () => end({ kind: 'silent', reason: `no answer within ${timeoutMs} ms` }));
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(`${JSON.stringify({ id: 1, ...question })}\n`));
    socket.on('data', (piece: string) => {
      text += piece;
      if (text.includes('\n')) end(answerOf(text.slice(0, text.indexOf('\n'))));
      else if (text.length > LONGEST_LINE) end({ kind: 'silent', reason: 'an answer without end' });
    });
    socket.on('close', () => end({ kind: 'silent', reason: 'the connection was closed without an answer' }));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const absent = error.code === 'ENOENT' || error.code === 'ECONNREFUSED';
      end(absent ? { kind: 'absent' } : { kind: 'silent', reason: error.message });
    });
  });
}

function answerOf(line: string): EngineAnswer {
  let reply: ControlReply;
  try {
    reply = JSON.parse(line) as ControlReply;
  } catch {
    // Whatever listens there does not speak our language.
    return { kind: 'silent', reason: `not JSON: "${line.slice(0, 80)}"` };
  }
  if (reply.ok) return { kind: 'done', result: reply.result };
  return { kind: 'refused', code: reply.code, message: reply.message, hint: reply.hint };
}
