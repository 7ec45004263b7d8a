import type { ChatRequest } from '../../core/chat.ts';
import { GatewayError } from '../../core/errors.ts';
import { effortOf } from '../effort.ts';
import type { Format, MessagesBody } from './body.ts';
import type { Findings } from './findings.ts';
import { isStrict } from './strict.ts';
import { toTools } from './tools.ts';
import { toMessages } from './turns.ts';

type Share = Partial<ChatRequest>;
type Effort = NonNullable<ChatRequest['reasoning_effort']>;

/** Fields that are read below. */
const READ = new Set([
  'model',
  'max_tokens',
  'messages',
  'system',
  'stream',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'output_format',
  'metadata',
  'service_tier',
  'cache_control',
]);
/** They make something of Anthropic's take part in the answer. */
const ONLY_ANTHROPIC = ['mcp_servers', 'container', 'fallbacks'];
/** At these values they say nothing. */
const HARMLESS = new Map<string, unknown>([
  ['speed', 'standard'],
  ['inference_geo', 'global'],
]);

/** The Messages API's request as a chat request; what that cannot hold is among the findings. */
export function toChatRequest(body: MessagesBody, findings: Findings): ChatRequest {
  const { model, max_tokens: most, stream } = body;
  refuseThread(body);
  noteRest(body, findings);
  if (most === 0) findings.needsAnthropic('max_tokens'); // Only fills the cache.
  return {
    model,
    messages: toMessages(body, findings),
    ...(most !== undefined && { max_tokens: most }),
    ...(stream && { stream: true, stream_options: { include_usage: true } }), // The last events tell it.
    ...toSampling(body),
    ...toTools(body, findings),
    ...toReasoning(body),
    ...toFormat(body, findings),
    ...toService(body, findings),
  };
}

/** Held by one account, and the next turn may go to another. By this code the SDK goes on without. */
function refuseThread({ thread }: MessagesBody): void {
  if (thread === undefined || thread === null) return;
  const message = 'thread: conversations are not kept here; send all of their messages';
  throw new GatewayError('invalid_request', message, { param: 'thread', code: 'thread_unsupported_request' });
}

function noteRest(body: MessagesBody, findings: Findings): void {
  for (const field of Object.keys(body)) {
    const value = body[field];
    if (READ.has(field) || isNothing(value) || HARMLESS.get(field) === value) continue;
    if (ONLY_ANTHROPIC.includes(field)) findings.needsAnthropic(field);
    else findings.dropped(field);
  }
  for (const field of Object.keys(body.output_config ?? {})) {
    if (field !== 'effort' && field !== 'format') findings.dropped(`output_config.${field}`);
  }
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0);
}

function toSampling({ temperature, top_p: topP, top_k: topK, stop_sequences: stop }: MessagesBody): Share {
  return {
    ...(typeof temperature === 'number' && { temperature }),
    ...(typeof topP === 'number' && { top_p: topP }),
    ...(typeof topK === 'number' && { top_k: topK }),
    ...(stop?.length && { stop: [...stop] }),
  };
}

/**
 * As an effort, which everybody understands, and as a number for who counts. Who says nothing of thinking is shown
 * none: programs take the first block for the answer.
 */
function toReasoning({ thinking, output_config: output }: MessagesBody): Share {
  const effort = output?.effort ?? undefined;
  const said: Share = effort === undefined ? {} : { reasoning_effort: effort as Effort }; // A dialect refuses others.
  if (!thinking) return { ...said, reasoning: { exclude: true } };
  const hidden = thinking.display === 'omitted' ? { exclude: true } : {};
  switch (thinking.type) {
    case 'disabled':
      return { reasoning_effort: 'none', reasoning: { exclude: true } };
    case 'between_tools':
      return { reasoning_effort: 'low' };
    case 'enabled': {
      const tokens = thinking.budget_tokens ?? 0;
      return { reasoning_effort: effortOf(tokens), ...said, reasoning: { max_tokens: tokens, ...hidden } };
    }
    default:
      return { ...said, reasoning: { enabled: true, ...hidden } };
  }
}

function toFormat({ output_config: output, output_format: former }: MessagesBody, findings: Findings): Share {
  const format: Format | null | undefined = output?.format ?? former;
  if (!format) return {};
  if (format.type !== 'json_schema' || !format.schema) {
    findings.needsAnthropic(output?.format ? 'output_config.format.type' : 'output_format.type');
    return {};
  }
  const { schema } = format;
  findings.places.note(schema, output?.format ? 'output_config.format.schema.*' : 'output_format.schema.*');
  return {
    response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict: isStrict(schema) } },
  };
}

const TIERS = new Map<string, 'auto' | 'default'>([
  ['auto', 'auto'],
  ['standard_only', 'default'],
]);

/** `user`, as other translators do: sessions are found in it, and every dialect knows it. */
function toService(body: MessagesBody, findings: Findings): Share {
  const { metadata, service_tier: named, cache_control: cache } = body;
  const user = metadata?.user_id;
  const tier = TIERS.get(named ?? '');
  if (named && !tier) findings.dropped('service_tier');
  return {
    ...(user && { user }),
    ...(tier && { service_tier: tier }),
    ...(cache && { prompt_cache_options: { mode: 'implicit', ...(cache.ttl === '1h' && { ttl: '30m' }) } }),
  };
}
