import type { Directives } from './directives.ts';
import type { Frame } from './wire.ts';

/** Sends frames at a human pace. Only on demand, and nothing is left behind when the client leaves. */
export function play(frames: readonly Frame[], paceMs: number, staysOpen: boolean): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const gone = new AbortController();
  let next = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const frame = frames[next++];
        if (frame?.word && paceMs > 0) await pause(paceMs, gone.signal);
        if (!frame && staysOpen) await pause(Infinity, gone.signal);
        if (gone.signal.aborted) return;
        if (frame) controller.enqueue(typeof frame.data === 'string' ? encoder.encode(frame.data) : frame.data);
        else controller.close();
      },
      cancel() {
        gone.abort();
      },
    },
    { highWaterMark: 0 },
  );
}

/** The frames up to the ordered trouble; all of them where there is none. */
export function troubled(frames: Frame[], directives: Directives, errorFrame: () => Frame): Frame[] {
  if (!directives.trouble) return frames;
  const words = frames.filter(({ word }) => word).length;
  const kept = frames.slice(0, endBefore(frames, directives.at ?? Math.ceil(words / 2)));
  return directives.trouble === 'error' ? [...kept, errorFrame()] : kept;
}

/** Always before the closing events, which are no words and come last. */
function endBefore(frames: readonly Frame[], words: number): number {
  let seen = 0;
  const next = frames.findIndex(({ word }) => word && ++seen > words);
  if (next >= 0) return next;
  const last = frames.findLastIndex(({ word }) => word);
  return last >= 0 ? last + 1 : Math.min(1, frames.length - 1);
}

/** Returns early when the signal says so; `Infinity` waits for nothing else. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted || ms <= 0) return;
  await new Promise<void>((resolve) => {
    const timer = Number.isFinite(ms) ? setTimeout(finish, ms) : undefined;
    signal.addEventListener('abort', finish, { once: true });
    function finish(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    }
  });
}
