import { GatewayError } from '../../src/core/errors.ts';
import type { Call, TokenCount } from '../../src/core/provider.ts';
import { parseJson, record } from '../shared/refusal.ts';
import { headersFor } from './headers.ts';
import { passing } from './passing.ts';
import { pathOf } from './path.ts';
import { toAnthropic } from './request.ts';

/** What a model reads, and what may be counted. */
const COUNTED = new Set(['model', 'messages', 'system', 'tools', 'tool_choice', 'thinking', 'output_config']);

export function countTokens(call: Call): TokenCount {
  return { path: pathOf(call, '/messages/count_tokens'), ...question(call), read };
}

function question(call: Call): Pick<TokenCount, 'headers' | 'body'> {
  const asked = call.original?.only === undefined ? toAnthropic(call) : undefined;
  const passed = passing(call, asked);
  if (passed) return passed;
  const { body } = asked ?? toAnthropic(call);
  const counted = Object.fromEntries(Object.entries(body).filter(([name]) => COUNTED.has(name)));
  return { headers: headersFor(body, call.capabilities), body: JSON.stringify(counted) };
}

function read(body: string): number {
  const tokens = record(parseJson(body))?.['input_tokens'];
  if (typeof tokens === 'number') return tokens;
  throw new GatewayError('fault', 'The provider counted nothing');
}
