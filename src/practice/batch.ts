import { anthropicBatches } from './anthropic/batch.ts';
import type { BatchWire, Shelf } from './batch-shelf.ts';
import { geminiBatches } from './gemini/batch.ts';
import { openaiBatches } from './openai/batch.ts';
import { Rejected } from './rejected.ts';
import type { Asked } from './wire.ts';

const WIRES: readonly BatchWire[] = [openaiBatches, anthropicBatches, geminiBatches];
/** Undefined: not a request about batches. */
export async function answerBatch(asked: Asked, shelf: Shelf): Promise<Response | undefined> {
  for (const { wire, route } of WIRES) {
    const act = route(asked);
    if (!act) continue;
    const type = { ...wire.headers(asked), 'content-type': 'application/json' };
    try {
      await wire.authenticate(asked);
      const told = await act(shelf);
      if ('json' in told) return new Response(JSON.stringify(told.json), { headers: type });
      const lines = told.lines.map((line) => `${JSON.stringify(line)}\n`).join('');
      return new Response(lines, { headers: { ...type, 'content-type': 'application/jsonl' } });
    } catch (cause) {
      if (!(cause instanceof Rejected)) throw cause;
      const { headers, body } = wire.refusal(cause, asked);
      return new Response(JSON.stringify(body), { status: cause.status, headers: { ...type, ...headers } });
    }
  }
  return undefined;
}
