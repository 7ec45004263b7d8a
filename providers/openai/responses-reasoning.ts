import type { ResponseReasoningItem } from 'openai/resources/responses/responses';
import type { ReasoningDetail } from '../../src/core/chat.ts';

export const REASONING_FORMAT = 'openai-responses-v1';

/** What a client must send back for the model to go on from this reasoning. */
export function toDetails(item: ResponseReasoningItem, index: number, issuer: string): ReasoningDetail[] {
  const rest = { format: REASONING_FORMAT, id: item.id, index, issuer };
  const summaries = (item.summary ?? []).map(({ text }): ReasoningDetail => {
    return { type: 'reasoning.summary', summary: text, ...rest };
  });
  if (!item.encrypted_content) return summaries;
  return [...summaries, { type: 'reasoning.encrypted', data: item.encrypted_content, ...rest }];
}

/**
 * The details of one turn as the items that they were. OpenRouter names the id on the last entry of an item only.
 * Without its encrypted content an item is unknown to OpenAI, because nothing is stored there.
 */
export function toReasoningItems(details: readonly ReasoningDetail[], issuer: string): ResponseReasoningItem[] {
  const items: ResponseReasoningItem[] = [];
  let summary: ResponseReasoningItem['summary'] = [];
  for (const detail of details) {
    if (detail.format !== REASONING_FORMAT || (detail.issuer ?? issuer) !== issuer) continue;
    if (detail.type === 'reasoning.summary') summary.push({ type: 'summary_text', text: detail.summary ?? '' });
    if (detail.type !== 'reasoning.encrypted' || !detail.data) continue;
    items.push({ type: 'reasoning', id: detail.id ?? '', summary, encrypted_content: detail.data });
    summary = [];
  }
  return items.filter(({ id }) => id !== '');
}
