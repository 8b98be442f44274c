/** True where a process of this machine with this id runs. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It runs, and belongs to someone else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
