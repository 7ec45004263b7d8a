import * as z from 'zod';
import type { Ceilings } from '../../core/ceilings.ts';
import type { ChatRequest } from '../../core/chat.ts';
import { GatewayError } from '../../core/errors.ts';
import { Body as ChatBody } from '../chat/schema.ts';
import { type BodyLimits, checkShape, parseJson } from '../json.ts';

const Count = z.int().min(0);
const Tokens = z.array(z.int());

/** What chat completions have no equal for. The rest is theirs, and checked as theirs. */
const Legacy = z.looseObject({
  model: z.string().min(1),
  prompt: z.union([z.string(), z.array(z.string()), Tokens, z.array(Tokens)]).nullish(),
  suffix: z.string().nullish(),
  echo: z.boolean().nullish(),
  best_of: z.int().min(1).nullish(),
  n: z.int().min(1).max(128).nullish(),
  logprobs: Count.max(20).nullish(),
});
type Legacy = z.infer<typeof Legacy>;

/** Chat's own, which no completion has had. */
const FOREIGN = [
  'messages',
  'tools',
  'tool_choice',
  'functions',
  'function_call',
  'modalities',
  'audio',
  'top_logprobs',
];

export interface Completion {
  request: ChatRequest;
  /** What is said back before the answer. */
  echo: string | undefined;
  ceilings: Ceilings;
}

/** A legacy completion as a chat of one message. Throws for what would not be the same. */
export function readCompletion(text: string, limits: BodyLimits): Completion {
  const body = parseJson(text);
  checkShape(body, Legacy, limits);
  const { prompt: given, suffix, echo, best_of: bestOf, logprobs, ...rest } = body as Legacy;
  const foreign = FOREIGN.find((name) => name in rest);
  if (foreign) throw refused(foreign, `"${foreign}" belongs to POST /v1/chat/completions`);
  const prompt = onePrompt(given);
  if (suffix) throw refused('suffix', 'No model here fills in a middle; leave "suffix" out');
  if (bestOf && bestOf > (rest.n ?? 1)) throw refused('best_of', 'Every answer is given back: "best_of" is "n" here');
  if (echo && typeof logprobs === 'number') throw refused('echo', 'Nobody tells the log probabilities of a prompt');
  const { max_cost_usd: maxCostUsd, max_latency_ms: maxLatencyMs, ...fields } = rest;
  const counted = typeof logprobs === 'number' && { logprobs: true, ...(logprobs > 0 && { top_logprobs: logprobs }) };
  const messages = [{ role: 'user', content: prompt }];
  checkShape({ ...rest, messages, ...counted }, ChatBody, limits);
  return {
    request: { ...fields, messages, ...counted } as unknown as ChatRequest, // Checked.
    echo: echo ? prompt : undefined,
    ceilings: {
      maxCostUsd: (maxCostUsd ?? undefined) as number | undefined,
      maxLatencyMs: (maxLatencyMs ?? undefined) as number | undefined,
    },
  };
}

function onePrompt(prompt: Legacy['prompt']): string {
  if (typeof prompt === 'string' && prompt.trim() !== '') return prompt;
  if (!Array.isArray(prompt)) throw refused('prompt', 'prompt: there is nothing to complete');
  const [first, second] = prompt;
  if (typeof first === 'number' || Array.isArray(first)) {
    throw refused('prompt', 'prompt: tokens mean something to one model only; send text');
  }
  if (second !== undefined) throw refused('prompt', 'prompt: one at a time; send a request for each');
  return onePrompt(first);
}

function refused(param: string, message: string): GatewayError {
  return new GatewayError('invalid_request', message, { param });
}
