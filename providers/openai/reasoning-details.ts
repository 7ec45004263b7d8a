import type { ReasoningDetail } from '../../src/core/chat.ts';
import { text } from '../shared/refusal.ts';

/** Servers in OpenRouter's manner stream `reasoning_details` in pieces; what has one type and index is one entry. */
export class ReasoningDetails {
  readonly #issuer: string;
  readonly #details = new Map<string, ReasoningDetail>();

  constructor(issuer: string) {
    this.#issuer = issuer;
  }

  add(detail: Record<string, unknown>, field: 'delta' | 'message'): void {
    const piece = field === 'delta' && typeof detail.index === 'number' ? detail.index : undefined;
    const key = piece === undefined ? `whole ${this.#details.size}` : `${text(detail.type)} ${piece}`;
    const known = this.#details.get(key) as Record<string, unknown> | undefined;
    const joined: Record<string, unknown> = { ...known, ...detail, issuer: this.#issuer };
    for (const name of ['text', 'summary', 'data']) {
      const before = text(known?.[name]);
      if (before !== undefined) joined[name] = before + (text(detail[name]) ?? '');
    }
    this.#details.set(key, joined as unknown as ReasoningDetail);
  }

  all(): Iterable<ReasoningDetail> {
    return this.#details.values();
  }
}
