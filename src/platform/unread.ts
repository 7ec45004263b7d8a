import type { Socket } from 'node:net';

/** How long a client may take nothing of an answer that waits for it, in milliseconds. */
export const READ_MS = 60_000;

/** Where a socket's `timeout` is heard: of one that `node:http` has, on the answer. */
interface Heard {
  on(event: 'timeout', act: () => void): unknown;
  off(event: 'timeout', act: () => void): unknown;
}

/**
 * Acts when a client has taken nothing for so long of what waits for it on the socket. Whoever reads slowly is left in
 * peace: Node begins anew whenever some of what waits has gone, so it takes up to twice as long. Returns how to call it off.
 */
export function whenUnread(socket: Socket, heard: Heard, ms: number, act: () => void): () => void {
  let isWaiting = true;
  const look = () => {
    // After a standstill of the process the socket takes more first.
    setImmediate(() => {
      if (isWaiting) act();
    });
  };
  heard.on('timeout', look);
  socket.setTimeout(ms);
  return () => {
    isWaiting = false;
    heard.off('timeout', look);
    socket.setTimeout(0);
  };
}
