/** What to do with each source's chunks and with its end. */
export interface MergeHandler {
  chunk(index: number, bytes: Uint8Array): void;
  end(index: number): void;
}

/** Several byte streams as one, in the order their chunks arrive. The merged iterator yields empty chunks as a signal. */
export function merge(sources: readonly AsyncIterator<Uint8Array>[], handler: MergeHandler): AsyncIterator<Uint8Array> {
  const pull = (index: number) =>
    Promise.resolve(sources[index]?.next()).then((result) => ({ index, result: result ?? { done: true as const } }));
  const waiting = new Map(sources.map((_, index) => [index, pull(index)]));
  const signal = new Uint8Array();
  return {
    async next() {
      if (waiting.size === 0) return { done: true, value: undefined };
      const { index, result } = await Promise.race(waiting.values());
      if (result.done) {
        waiting.delete(index);
        handler.end(index);
      } else {
        handler.chunk(index, result.value);
        waiting.set(index, pull(index));
      }
      return { done: false, value: signal };
    },
    async return() {
      for (const pending of waiting.values()) pending.catch(() => {}); // They end by the abort below.
      await Promise.all(sources.map(async (source) => source.return?.()));
      return { done: true, value: undefined };
    },
  };
}
