/** Chat requests for OpenAI's own models: what a model does not take is renamed, left to the router, or dropped. */
import type { ChatRequest } from '../../src/core/chat.ts';
import type { Call, Emulation, Warning } from '../../src/core/provider.ts';
import { nearestEffort, wantedEffort, type Effort } from '../shared/effort.ts';
import { dealStops, ignoredFields, outputTokens, refuseUnsayable, stopSequences } from '../shared/fields.ts';
import { shortened } from '../shared/ids.ts';
import { fitMessages, unmarkedTools } from './messages.ts';

type Field = keyof ChatRequest;

/** What a request must be for its model, as fields to replace; an undefined one is left out. */
export interface Fitting {
  changes: Partial<Record<Field, unknown>>;
  warnings: Warning[];
  emulate: Emulation;
}

/** Other dialects' words, which OpenAI answers with a 400. Fields that are unknown to us too may be new to us only. */
const EXTENSIONS = [
  'top_k',
  'top_a',
  'min_p',
  'repetition_penalty',
  'thinking',
  'reasoning',
  'extra_body',
  'optional_fields',
] as readonly Field[];
const DIALS: readonly Field[] = ['temperature', 'top_p', 'logprobs', 'top_logprobs'];
/** Refused by reasoning models even while they do not reason. */
const NEVER_WITH_REASONING: readonly Field[] = ['frequency_penalty', 'presence_penalty', 'logit_bias', 'prediction'];
const NOTHING: ReadonlySet<string> = new Set();
/** More are a 400. */
const MOST_STOPS = 4;
/** A longer `user` is a 400, and Claude Code's has 150 characters. */
const LONGEST_USER = 64;

export function fitToModel(call: Call): Fitting {
  const { request, capabilities } = call;
  const fitting: Fitting = { changes: {}, warnings: [], emulate: {} };
  const { effort, warnings } = fitEffort(call);
  fitting.warnings.push(...warnings);
  if (effort !== (request.reasoning_effort ?? undefined)) fitting.changes.reasoning_effort = effort;
  drop(fitting, request, [...EXTENSIONS, ...refusedSampling(call, effort)]);
  if (request.metadata && !request.store) fitting.changes.metadata = undefined; // OpenAI: "only allowed when 'store' is enabled".
  if (capabilities.reasoning !== 'none' && (request.max_tokens ?? undefined) !== undefined) {
    fitting.changes.max_tokens = undefined;
    fitting.changes.max_completion_tokens = outputTokens(request).value;
  }
  Object.assign(fitting.changes, shortUser(request));
  fitStop(fitting, call);
  const messages = fitMessages(call, fitting.warnings);
  if (messages !== request.messages) fitting.changes.messages = messages;
  const tools = Array.isArray(request.tools) ? unmarkedTools(request.tools) : request.tools;
  if (tools !== request.tools) fitting.changes.tools = tools;
  return fitting;
}

/** It tells users apart, and so does its digest. */
export function shortUser({ user }: ChatRequest): { user?: string } {
  const short = user && shortened(user, LONGEST_USER);
  return short && short !== user ? { user: short } : {};
}

/** The `reasoning_effort` that this model takes for the wanted one. */
export function fitEffort({ request, capabilities }: Call): { effort: Effort | undefined; warnings: Warning[] } {
  const asked = request.reasoning_effort;
  if (asked && capabilities.efforts.includes(asked)) return { effort: asked, warnings: [...lostBudget(request)] };
  const wanted = wantedEffort(request);
  if (wanted === undefined) return { effort: undefined, warnings: [...lostBudget(request)] };
  const param = asked ? 'reasoning_effort' : 'reasoning';
  if (capabilities.reasoning === 'none') {
    return { effort: undefined, warnings: wanted === 'none' ? [] : [{ param, action: 'dropped' }] };
  }
  const effort = nearestEffort(wanted, capabilities.efforts) ?? wanted;
  const changed: Warning[] =
    effort === wanted ? [] : [{ param, action: 'changed', note: `${wanted} becomes ${effort}` }];
  return { effort, warnings: [...changed, ...lostBudget(request)] };
}

/** Sampling fields that the request has and the model refuses. */
export function refusedSampling({ request, capabilities }: Call, effort: Effort | undefined): Field[] {
  const { sampling } = capabilities;
  if (sampling === 'free') return [];
  const isFree = sampling === 'without_reasoning' && effort === 'none';
  const refused = isFree ? NEVER_WITH_REASONING : [...DIALS, ...NEVER_WITH_REASONING];
  return refused.filter((field) => (request[field] ?? undefined) !== undefined);
}

/** OpenAI measures reasoning in efforts, not in tokens. */
function lostBudget({ reasoning }: ChatRequest): Warning[] {
  return typeof reasoning?.max_tokens === 'number' ? [{ param: 'reasoning.max_tokens', action: 'dropped' }] : [];
}

/** Leaves fields out. Throws for those that must not be dropped. */
function drop(fitting: Fitting, request: ChatRequest, fields: readonly Field[]): void {
  const present = fields.filter((field) => field in request);
  if (present.length === 0) return;
  const dropped = Object.fromEntries(present.map((field) => [field, request[field]])) as unknown as ChatRequest;
  refuseUnsayable(dropped, NOTHING);
  fitting.warnings.push(...ignoredFields(dropped, HONOURED_OTHERWISE));
  for (const field of present) fitting.changes[field] = undefined;
}

const HONOURED_OTHERWISE: ReadonlySet<string> = new Set(['reasoning']); // By its effort.

function fitStop(fitting: Fitting, { request, capabilities }: Call): void {
  const { native, rest } = dealStops(stopSequences(request), capabilities.stop ? MOST_STOPS : 0);
  if (!capabilities.stop && 'stop' in request) fitting.changes.stop = undefined;
  if (rest.length === 0) return;
  if (native.length > 0) fitting.changes.stop = native;
  fitting.emulate.stop = rest;
  fitting.warnings.push({ param: 'stop', action: 'emulated' });
}
