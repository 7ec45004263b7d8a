/** A client's own Responses request for OpenAI: its bytes, where the model takes them and nothing is to be stored there. */
import type { Call, Warning } from '../../src/core/provider.ts';
import { GatewayError } from '../../src/core/errors.ts';
import { mergeNative } from '../shared/merge.ts';
import { parseJson, record } from '../shared/refusal.ts';
import { isOpenAi } from './endpoint.ts';
import { ENCRYPTED, fitFields, LEAST_OUTPUT_TOKENS } from './responses-request.ts';
import { spliceModel } from './splice.ts';

type Json = Record<string, unknown>;

/** Chat's names for what the Responses API calls otherwise. */
const CHANGED_NAMES = new Map([
  ['reasoning_effort', 'reasoning.effort'],
  ['max_tokens', 'max_output_tokens'],
]);

export function fitOriginal(call: Call): { body: string; warnings: Warning[] } {
  const text = call.original?.text ?? '';
  const given = record(parseJson(text));
  if (!given) throw new GatewayError('internal', 'The original is no JSON');
  const { changes, warnings } = changesOf(call, given);
  const isSame = Object.keys(changes).length === 0;
  const body = (isSame && spliceModel(text, call.request.model, call.providerModel)) || rewrite(call, given, changes);
  return { body, warnings: warnings.map(inClientsWords) };
}

/** Fields to replace; an undefined one is left out. */
function changesOf(call: Call, given: Json): { changes: Json; warnings: Warning[] } {
  if (!isOpenAi(call.endpoint)) return { changes: changed(given, always(call, given)), warnings: [] };
  const { effort, refused, warnings } = fitFields(call);
  const reasons = call.capabilities.reasoning !== 'none';
  const { max_output_tokens: limit } = given;
  const wanted: Json = {
    ...always(call, given),
    ...Object.fromEntries(refused.map((field) => [field, undefined])),
    reasoning: reasoningOf(given.reasoning, effort, reasons),
    include: includeOf(given, reasons),
    max_output_tokens: typeof limit === 'number' ? Math.max(limit, LEAST_OUTPUT_TOKENS) : limit,
  };
  return { changes: changed(given, wanted), warnings };
}

/** What is so wherever it goes. */
function always({ omitReasoning }: Call, given: Json): Json {
  const { input } = given;
  const kept = omitReasoning && Array.isArray(input) ? input.filter(isNoReasoning) : input;
  return { ...given, store: false, input: kept, extra_body: undefined };
}

function changed(given: Json, wanted: Json): Json {
  return Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => (value ?? undefined) !== (given[name] ?? undefined)),
  );
}

function reasoningOf(given: unknown, effort: string | undefined, reasons: boolean): unknown {
  const reasoning = record(given);
  if (!reasoning || !reasons) return undefined;
  return (reasoning.effort ?? undefined) === effort ? given : { ...reasoning, effort };
}

/**
 * The router's own store keeps responses, so that a follow-up may go anywhere; at OpenAI nothing is stored, and the
 * reasoning that the follow-up needs has to come along. Models that do not reason refuse the very word.
 */
function includeOf({ include, store }: Json, reasons: boolean): unknown {
  const wanted = Array.isArray(include) ? include : [];
  if (!reasons) return wanted.includes(ENCRYPTED) ? wanted.filter((entry) => entry !== ENCRYPTED) : include;
  return store === false || wanted.includes(ENCRYPTED) ? include : [...wanted, ENCRYPTED];
}

function isNoReasoning(item: unknown): boolean {
  return record(item)?.type !== 'reasoning';
}

function rewrite({ request, providerModel }: Call, given: Json, changes: Json): string {
  return JSON.stringify(mergeNative({ ...given, ...changes, model: providerModel }, request.extra_body?.openai));
}

function inClientsWords(warning: Warning): Warning {
  return { ...warning, param: CHANGED_NAMES.get(warning.param) ?? warning.param };
}
