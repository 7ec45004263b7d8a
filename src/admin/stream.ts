/**
 * A long text as a body. Resolves with its first two pieces at hand (a heading, and what the store has to say), so that
 * a failure before them has a status; a failure after them breaks the body off: what is cut short must not look whole.
 */
export async function streamOf(
  pieces: AsyncGenerator<string, void>,
  onFailure: (cause: unknown) => void,
): Promise<ReadableStream<Uint8Array>> {
  const utf8 = new TextEncoder();
  const ahead = [await pieces.next(), await pieces.next()];
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = ahead.shift() ?? (await pieces.next());
          if (done) controller.close();
          else controller.enqueue(utf8.encode(value));
        } catch (cause) {
          onFailure(cause);
          controller.error(new Error('The file broke off'));
        }
      },
      async cancel() {
        await pieces.return();
      },
    },
    { highWaterMark: 0 },
  );
}
