import { randomUUID } from 'node:crypto';

const RUN = randomUUID().slice(0, 8);

/**
 * Names this run of this process, in temporary files and locks: the process id alone is not enough, because a restarted
 * container gives its only process the same id again.
 */
export const PROCESS_IDENTITY = `${process.pid}.${RUN}`;

/** True where the process of such a name still runs on this machine. */
export function isProcessAlive(identity: string): boolean {
  const pid = Number.parseInt(identity, 10);
  if (pid === process.pid) return identity.startsWith(PROCESS_IDENTITY);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It runs, and belongs to someone else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
