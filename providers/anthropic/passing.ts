/** When a client's own words may go to Claude as they are, and how. */
import type { ReasoningStyle } from '../../src/core/deployment.ts';
import type { Call, Exchange } from '../../src/core/provider.ts';
import { record } from '../shared/refusal.ts';
import { DEFAULT_VERSION, headersOf } from './headers.ts';
import type { Asked } from './request.ts';
import { replaced, type Span, topLevel, valueOf } from './top-level.ts';

/** From here on sampling fields are refused, even at their defaults. */
const WITHOUT_SAMPLING = '2026-10-21';
const SAMPLING = new Set(['temperature', 'top_p', 'top_k']);

/** What each style takes of `thinking.type`; the styles of others' models say nothing of it. */
const THINKING_TYPES: Partial<Record<ReasoningStyle, readonly string[]>> = {
  none: ['disabled'],
  budget: ['enabled', 'disabled'],
  adaptive: ['adaptive', 'disabled'],
  disableable: ['adaptive', 'disabled'],
  between_tools: ['adaptive', 'between_tools'],
  always: ['adaptive'],
};

/** The original under the model's own name; undefined where the model would refuse it, and its translation not. */
export function passing(call: Call, asked: Asked | undefined): Pick<Exchange, 'headers' | 'body'> | undefined {
  const { original, providerModel, capabilities } = call;
  if (original?.wire !== 'messages') return undefined;
  const { text } = original;
  const spans = topLevel(text);
  const version = original.headers?.['anthropic-version'] ?? capabilities.apiVersion ?? DEFAULT_VERSION;
  if (original.only === undefined && (!asked || !isTaken(call, asked, { text, spans, version }))) return undefined;
  const betas = original.headers?.['anthropic-beta'] ?? '';
  const body = replaced(text, spans, 'model', JSON.stringify(providerModel));
  return body === undefined ? undefined : { headers: headersOf(version, betas), body };
}

interface Words {
  text: string;
  spans: readonly Span[];
  version: string;
}

/** A translation that changes nothing for the model's sake says that the original is right for it. */
function isTaken(call: Call, { warnings, emulate }: Asked, { text, spans, version }: Words): boolean {
  if (call.omitReasoning || warnings.length > 0 || Object.keys(emulate).length > 0) return false;
  if (version >= WITHOUT_SAMPLING && spans.some(({ name }) => SAMPLING.has(name))) return false;
  const { reasoning, efforts } = call.capabilities;
  const type = record(valueOf(text, spans, 'thinking'))?.['type'];
  const effort = record(valueOf(text, spans, 'output_config'))?.['effort'];
  if (typeof type === 'string' && THINKING_TYPES[reasoning]?.includes(type) === false) return false;
  return typeof effort !== 'string' || efforts.includes(effort);
}
