import type { Usage } from '../../core/chat.ts';
import type { GatewayError } from '../../core/errors.ts';
import { errorBody } from '../../core/errors.ts';
import type { ResponsesBody } from './schema.ts';
import type { Item, Json, ResponseObject } from './stored.ts';

/** What there is to say of a response beside what was asked for. */
export interface Stage {
  id: string;
  createdSeconds: number;
  model: string;
  status: string;
  output?: readonly Item[] | undefined;
  usage?: Usage | undefined;
  serviceTier?: string | undefined;
  /** Why it is `incomplete`. */
  reason?: string | undefined;
  error?: GatewayError | undefined;
}

/** A response with the request's settings in it. */
export function responseOf(body: ResponsesBody, stage: Stage): ResponseObject {
  const { id, createdSeconds, model, status, output = [], usage, serviceTier, reason, error } = stage;
  return {
    id,
    object: 'response',
    created_at: createdSeconds,
    status,
    error: error ? errorOf(error) : null,
    incomplete_details: reason ? { reason } : null,
    model,
    output: [...output],
    ...settingsOf(body),
    ...(serviceTier && { service_tier: serviceTier }),
    usage: usage ? usageOf(usage) : null,
  };
}

/** What a request does not say is as it is at OpenAI. */
const UNSAID: Json = {
  background: false,
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  metadata: {},
  parallel_tool_calls: true,
  previous_response_id: null,
  prompt_cache_key: null,
  safety_identifier: null,
  service_tier: 'auto',
  store: true,
  temperature: 1,
  tool_choice: 'auto',
  tools: [],
  top_logprobs: 0,
  top_p: 1,
  truncation: 'disabled',
  user: null,
};

function settingsOf(body: ResponsesBody): Json {
  const said = Object.entries(UNSAID).map(([name, unsaid]) => [name, body[name] ?? unsaid]);
  const { reasoning, text } = body;
  return {
    ...Object.fromEntries(said),
    reasoning: { effort: reasoning?.effort ?? null, summary: reasoning?.summary ?? null },
    text: { ...text, format: text?.format ?? { type: 'text' }, verbosity: text?.verbosity ?? 'medium' },
  };
}

/** A response's error has a code and a message; the rest tells whose it is. */
export function errorOf(error: GatewayError): Json {
  return errorBody(error).error;
}

function usageOf(usage: Usage): Json {
  const { prompt_tokens_details: prompt, completion_tokens_details: completion, cache_creation: written } = usage;
  const cacheWrite = written && written.ephemeral_5m + written.ephemeral_1h;
  return {
    input_tokens: usage.prompt_tokens,
    input_tokens_details: {
      cached_tokens: prompt?.cached_tokens ?? 0,
      cache_write_tokens: prompt?.cache_write_tokens ?? cacheWrite ?? 0,
    },
    output_tokens: usage.completion_tokens,
    output_tokens_details: { reasoning_tokens: completion?.reasoning_tokens ?? 0 },
    total_tokens: usage.total_tokens,
    ...(usage.usage_estimated && { usage_estimated: true }),
  };
}
