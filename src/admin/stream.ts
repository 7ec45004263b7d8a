/**
 * A long text as a body. Resolves with the first piece at hand, so that a failure before it has a status; a failure
 * after it breaks the body off: what is cut short must not look whole.
 */
export async function streamOf(pieces: AsyncGenerator<string, void>): Promise<ReadableStream<Uint8Array>> {
  const utf8 = new TextEncoder();
  let next: IteratorResult<string, void> | undefined = await pieces.next();
  return new ReadableStream(
    {
      async pull(controller) {
        next ??= await pieces.next();
        if (next.done) return controller.close();
        controller.enqueue(utf8.encode(next.value));
        next = undefined;
      },
      async cancel() {
        await pieces.return();
      },
    },
    { highWaterMark: 0 },
  );
}
