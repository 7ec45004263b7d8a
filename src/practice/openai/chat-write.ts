import type { Script, Step } from '../ask.ts';
import { idOf } from '../seal.ts';
import { bitsOf, type Frame, wordsIn } from '../wire.ts';
import type { ChatBody } from './chat-shape.ts';

export interface ChatStamp {
  seed: string;
  createdSeconds: number;
}

const FINISH: Record<Script['end'], string> = {
  done: 'stop',
  calls: 'tool_calls',
  length: 'length',
  stop: 'stop',
  refused: 'stop',
};

export function toCompletion(body: ChatBody, script: Script, stamp: ChatStamp) {
  return {
    ...head(body, stamp, 'chat.completion'),
    choices: choicesOf(body).map((index) => ({
      index,
      message: messageOf(body, script, `${stamp.seed} ${index}`),
      logprobs: body.logprobs ? logprobsOf(textOf(script)) : null,
      finish_reason: finishOf(body, script),
    })),
    usage: usageOf(body, script),
    service_tier: 'default',
    system_fingerprint: null,
  };
}

export function toChunks(body: ChatBody, script: Script, stamp: ChatStamp): Frame[] {
  const counts = body.stream_options?.include_usage === true;
  const chunk = (rest: Record<string, unknown>): Frame => {
    const fixed = { ...head(body, stamp, 'chat.completion.chunk'), service_tier: 'default', system_fingerprint: null };
    return { data: `data: ${JSON.stringify({ ...fixed, ...(counts && { usage: null }), ...rest })}\n\n` };
  };
  const frames: Frame[] = [];
  for (const index of choicesOf(body)) {
    const choice = (delta: unknown, finish_reason: string | null = null, logprobs: unknown = null): Frame =>
      chunk({ choices: [{ index, delta, logprobs, finish_reason }] });
    frames.push(choice({ role: 'assistant', content: script.end === 'calls' ? null : '', refusal: null }));
    for (const { delta, token } of deltasOf(body, script, `${stamp.seed} ${index}`)) {
      frames.push({ ...choice(delta, null, body.logprobs && token ? logprobsOf(token) : null), word: true });
    }
    frames.push(choice({}, finishOf(body, script)));
  }
  if (counts) frames.push(chunk({ choices: [], usage: usageOf(body, script) }));
  return [...frames, { data: 'data: [DONE]\n\n' }];
}

function head({ model }: ChatBody, { seed, createdSeconds }: ChatStamp, object: string) {
  return { id: `chatcmpl-${idOf(seed, 'completion', 29)}`, object, created: createdSeconds, model };
}

function choicesOf({ n }: ChatBody): number[] {
  return Array.from({ length: n ?? 1 }, (_, index) => index);
}

type Call = Extract<Step, { type: 'call' }>;

function messageOf(body: ChatBody, script: Script, seed: string) {
  const refused = script.steps.find(({ type }) => type === 'refuse');
  const calls = callsOf(script);
  const silent = calls.length > 0 || refused;
  const message = {
    role: 'assistant',
    content: silent ? null : textOf(script),
    refusal: refused?.text ?? null,
    annotations: [],
  };
  const [first] = calls;
  if (!first) return message;
  if (isLegacy(body)) return { ...message, function_call: { name: first.name, arguments: first.text } };
  return {
    ...message,
    tool_calls: calls.map((call, at) => ({ ...callHead(call, seed, at), ...callBody(call, call.text) })),
  };
}

function* deltasOf(body: ChatBody, script: Script, seed: string): Generator<{ delta: unknown; token?: string }> {
  for (const step of script.steps) {
    if (step.type === 'say') for (const token of wordsIn(step.text)) yield { delta: { content: token }, token };
    if (step.type === 'refuse') for (const refusal of wordsIn(step.text)) yield { delta: { refusal } };
  }
  for (const [index, call] of callsOf(script).entries()) {
    if (isLegacy(body)) {
      yield { delta: { function_call: { name: call.name, arguments: '' } } };
      for (const bit of bitsOf(call.text)) yield { delta: { function_call: { arguments: bit } } };
      continue;
    }
    yield { delta: { tool_calls: [{ index, ...callHead(call, seed, index), ...callBody(call, '') }] } };
    for (const bit of bitsOf(call.text)) {
      yield {
        delta: {
          tool_calls: [{ index, ...(call.custom ? { custom: { input: bit } } : { function: { arguments: bit } }) }],
        },
      };
    }
  }
}

function callHead(call: Call, seed: string, at: number) {
  return { id: `call_${idOf(seed, `call ${at}`, 24)}`, type: call.custom ? 'custom' : 'function' };
}

function callBody({ custom, name }: Call, text: string) {
  return custom ? { custom: { name, input: text } } : { function: { name, arguments: text } };
}

function callsOf({ steps }: Script): Call[] {
  return steps.filter((step) => step.type === 'call');
}

function isLegacy(body: ChatBody): boolean {
  return body.functions !== undefined && body.tools === undefined;
}

function finishOf(body: ChatBody, { end }: Script): string {
  return end === 'calls' && isLegacy(body) ? 'function_call' : FINISH[end];
}

function textOf({ steps }: Script): string {
  return steps.flatMap((step) => (step.type === 'say' ? [step.text] : [])).join('');
}

/** Certain of every word, as practice is. */
function logprobsOf(text: string) {
  const encoder = new TextEncoder();
  const content = wordsIn(text).map((token) => ({
    token,
    logprob: 0,
    bytes: [...encoder.encode(token)],
    top_logprobs: [],
  }));
  return { content, refusal: null };
}

/** Each choice is counted as output; the prompt counts once. */
function usageOf(body: ChatBody, { prompt, thoughtTokens, outputTokens }: Script) {
  const copies = choicesOf(body).length;
  const promptTokens = prompt.fresh + prompt.cacheRead + prompt.cacheWritten;
  const completion = outputTokens * copies;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completion,
    total_tokens: promptTokens + completion,
    prompt_tokens_details: {
      cached_tokens: prompt.cacheRead,
      cache_write_tokens: prompt.cacheWritten,
      audio_tokens: 0,
    },
    completion_tokens_details: {
      reasoning_tokens: thoughtTokens * copies,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
