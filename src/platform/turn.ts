/**
 * Work on what has arrived and writes to sockets, gathered until the event loop has read all there is, and then done one
 * after the other: our code and the kernel's each stay in the processor's caches (decision 12).
 */
let waiting: (() => void)[] = [];

/** Does it before the loop waits again: no later than its answer could be read. It must not throw. */
export function atEndOfTurn(act: () => void): void {
  if (waiting.push(act) === 1) setImmediate(doAll);
}

function doAll(): void {
  const acts = waiting;
  waiting = [];
  for (const act of acts) act();
}
