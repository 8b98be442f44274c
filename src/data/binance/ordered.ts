/**
 * Runs tasks with at most `ahead` of them started and not yet taken, and yields their results in the tasks' order.
 * A failure is thrown at its task's turn; what is under way then goes on unobserved.
 */
export async function* inOrder<T>(tasks: readonly (() => Promise<T>)[], ahead: number): AsyncGenerator<T> {
  const started: Promise<T>[] = [];
  for (let i = 0; i < tasks.length; i++) {
    while (started.length < tasks.length && started.length < i + ahead) {
      const promise = tasks[started.length]();
      // A later task may fail before its turn; its error is thrown when it comes, and until then it is not unhandled.
      promise.catch(() => undefined);
      started.push(promise);
    }
    yield await started[i];
  }
}
