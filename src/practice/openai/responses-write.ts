import type { Script, Step } from '../ask.ts';
import { idOf, seal } from '../seal.ts';
import { offered } from './responses-offers.ts';
import type { ResponsesBody } from './responses-shape.ts';

export interface ResponsesStamp {
  seed: string;
  createdSeconds: number;
}

export type Item =
  | { id: string; type: 'reasoning'; summary: SummaryPart[]; encrypted_content?: string }
  | { id: string; type: 'message'; status: string; role: 'assistant'; content: Part[] }
  | {
      id: string;
      type: 'function_call';
      status: string;
      arguments: string;
      call_id: string;
      name: string;
      namespace?: string;
    }
  | {
      id: string;
      type: 'custom_tool_call';
      status: string;
      input: string;
      call_id: string;
      name: string;
      namespace?: string;
    };

export interface SummaryPart {
  type: 'summary_text';
  text: string;
}

export type Part =
  | { type: 'output_text'; annotations: []; logprobs: []; text: string }
  | { type: 'refusal'; refusal: string };

export function itemsOf(body: ResponsesBody, script: Script, { seed }: ResponsesStamp): Item[] {
  const items = script.steps.map((step, index) => toItem(body, step, `${seed} ${index}`));
  const last = items.at(-1);
  if (script.end === 'length' && last?.type === 'message') last.status = 'incomplete';
  return items;
}

function toItem(body: ResponsesBody, step: Step, seed: string): Item {
  const id = (prefix: string): string => `${prefix}_${idOf(seed, prefix, 50)}`;
  switch (step.type) {
    case 'think': {
      const summary: SummaryPart[] = body.reasoning?.summary ? [{ type: 'summary_text', text: step.text }] : [];
      const kept = body.include?.includes('reasoning.encrypted_content');
      const sealed = seal({ dialect: 'openai', model: body.model, text: id('rs'), prefix: '' });
      return { id: id('rs'), type: 'reasoning', summary, ...(kept && { encrypted_content: sealed }) };
    }
    case 'say':
      return message(id('msg'), { type: 'output_text', annotations: [], logprobs: [], text: step.text });
    case 'refuse':
      return message(id('msg'), { type: 'refusal', refusal: step.text });
    case 'call': {
      const namespace = offered(body).flatMap((tool) =>
        'namespace' in tool && tool.name === step.name ? [tool.namespace] : [],
      )[0];
      const call = {
        status: 'completed',
        call_id: `call_${idOf(seed, 'call', 24)}`,
        name: step.name,
        ...(typeof namespace === 'string' && { namespace }),
      };
      return step.custom
        ? { id: id('ctc'), type: 'custom_tool_call', ...call, input: step.text }
        : { id: id('fc'), type: 'function_call', ...call, arguments: step.text };
    }
  }
}

function message(id: string, part: Part): Item {
  return { id, type: 'message', status: 'completed', role: 'assistant', content: [part] };
}

/** The whole response; without a script it is the one that has only begun. */
export function toResponse(body: ResponsesBody, stamp: ResponsesStamp, script?: Script) {
  return {
    id: `resp_${idOf(stamp.seed, 'response', 50)}`,
    object: 'response',
    created_at: stamp.createdSeconds,
    background: false,
    error: null,
    ...echo(body),
    ...(script ? ended(body, script, stamp) : BEGUN),
  };
}

const BEGUN = { status: 'in_progress', incomplete_details: null, output: [], service_tier: 'auto', usage: null };

function ended(body: ResponsesBody, script: Script, stamp: ResponsesStamp) {
  const cut = script.end === 'length';
  return {
    status: cut ? 'incomplete' : 'completed',
    incomplete_details: cut ? { reason: 'max_output_tokens' } : null,
    output: itemsOf(body, script, stamp),
    service_tier: 'default',
    usage: usageOf(script),
  };
}

/** What was asked for stands in the answer again, with the defaults filled in. */
function echo(body: ResponsesBody) {
  const { input: _input, include: _include, stream: _stream, stream_options: _options, ...asked } = body;
  return {
    instructions: null,
    max_output_tokens: null,
    max_tool_calls: null,
    parallel_tool_calls: true,
    previous_response_id: null,
    prompt_cache_key: null,
    safety_identifier: null,
    store: true,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_logprobs: 0,
    top_p: 1,
    truncation: 'disabled',
    user: null,
    metadata: {},
    ...asked,
    reasoning: { effort: null, summary: null, ...asked.reasoning },
    text: { format: { type: 'text' }, verbosity: 'medium', ...asked.text },
  };
}

function usageOf({ prompt, thoughtTokens, outputTokens }: Script) {
  const input = prompt.fresh + prompt.cacheRead + prompt.cacheWritten;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: prompt.cacheRead, cache_write_tokens: prompt.cacheWritten },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: thoughtTokens },
    total_tokens: input + outputTokens,
  };
}
