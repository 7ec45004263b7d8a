/**
 * What has changed, as the router says it: one event stream for all that is shown. Where there is none, or while it is
 * broken, whoever shows something asks again and again instead. The token is in a header: an `EventSource` has none.
 */
import { Refusal, send } from './api.ts';

export type Subject = 'state' | 'requests' | 'keys' | 'rules';

interface Listener {
  onChanged: (subjects: readonly Subject[]) => void;
  /** Whether changes are told, or must be asked for. */
  onLive: (isLive: boolean) => void;
}

/** Behind a break; a router that has no events is asked once more in a while. */
const AGAIN_MS = 5_000;
const UNAVAILABLE_AGAIN_MS = 10 * 60_000;
/** The router says something every 15 seconds. */
const SILENT_MS = 40_000;

const listeners = new Set<Listener>();
let running: AbortController | undefined;
let again: ReturnType<typeof setTimeout> | undefined;
let isLive = false;

export function listen(listener: Listener): () => void {
  listeners.add(listener);
  listener.onLive(isLive);
  if (listeners.size === 1) {
    document.addEventListener('visibilitychange', turn);
    turn();
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    document.removeEventListener('visibilitychange', turn);
    stop();
  };
}

/** Nobody listens for a page that nobody sees. */
function turn(): void {
  if (document.hidden) stop();
  else if (!running) void follow();
}

function stop(): void {
  clearTimeout(again);
  running?.abort();
  running = undefined;
  tellLive(false);
}

function tellLive(next: boolean): void {
  if (next === isLive) return;
  isLive = next;
  for (const { onLive } of listeners) onLive(next);
}

async function follow(): Promise<void> {
  clearTimeout(again);
  const own = new AbortController();
  running = own;
  let waitMs = AGAIN_MS;
  try {
    const { body } = await send('/admin/v1/events', { signal: own.signal });
    if (body) await read(body, own);
  } catch (cause) {
    if (cause instanceof Refusal && cause.code === 'events_unavailable') waitMs = UNAVAILABLE_AGAIN_MS;
  }
  if (running !== own) return;
  running = undefined;
  tellLive(false);
  again = setTimeout(turn, waitMs);
}

/** Returns when it is over, or has been silent for too long. */
async function read(body: ReadableStream<Uint8Array>, own: AbortController): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader();
  let rest = '';
  for (;;) {
    const silence = setTimeout(() => own.abort(), SILENT_MS);
    const { done, value } = await reader.read().finally(() => clearTimeout(silence));
    if (done) return;
    tellLive(true);
    const events = (rest + value).split('\n\n');
    rest = events.pop() ?? '';
    const subjects = new Set(events.flatMap(subjectsOf));
    if (subjects.size > 0) for (const { onChanged } of listeners) onChanged([...subjects]);
  }
}

function subjectsOf(event: string): Subject[] {
  const data = /^data: (.*)$/m.exec(event)?.[1];
  return data === undefined ? [] : (JSON.parse(data) as Subject[]); // Of the server of the same version.
}
