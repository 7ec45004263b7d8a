import {
  type Expected,
  type ExpectedChoice,
  type ExpectedFailure,
  type ExpectedUsage,
  emptyChoice,
} from './expected.ts';
import { type Json, at, list, number, object, string } from './json.ts';

const FILTERED = [
  'SAFETY',
  'RECITATION',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'LANGUAGE',
  'IMAGE_SAFETY',
  'IMAGE_PROHIBITED_CONTENT',
  'IMAGE_RECITATION',
];
/** The model's own fault: no answer at all. */
const MALFORMED = [
  'MALFORMED_FUNCTION_CALL',
  'UNEXPECTED_TOOL_CALL',
  'TOO_MANY_TOOL_CALLS',
  'MALFORMED_RESPONSE',
  'NO_IMAGE',
  'IMAGE_OTHER',
  'OTHER',
];

/** A stream is the same object several times over: parts add up, the last finish and the last usage count. */
export function expectContent(bodies: unknown[]): Expected | ExpectedFailure | undefined {
  const choice = emptyChoice();
  let finish = '';
  let usage: unknown;
  for (const body of bodies.map(object)) {
    const [candidate] = list(body.candidates);
    for (const part of list(at(candidate, 'content', 'parts'))) addPart(choice, part);
    finish = string(candidate?.finishReason) || finish;
    if (at(body, 'usageMetadata', 'promptTokenCount') !== undefined) usage = body.usageMetadata;
    addCitations(choice, object(candidate?.groundingMetadata));
    const tokens = list(at(candidate, 'logprobsResult', 'chosenCandidates'));
    choice.logprobs.push(...tokens.map(({ token }) => string(token)));
  }
  const blocked = bodies.map((body) => string(at(body, 'promptFeedback', 'blockReason'))).find((why) => why);
  if (blocked) return { ...expected(bodies, choice, usage), choices: [{ ...choice, ...refused(blocked) }] };
  if (MALFORMED.includes(finish)) return { failure: ['malformed'] };
  if (finish === '') return undefined;
  choice.finish = finishOf(choice, finish);
  return expected(bodies, choice, usage);
}

function expected(bodies: unknown[], choice: ExpectedChoice, usage: unknown): Expected {
  return { model: string(at(bodies[0], 'modelVersion')), choices: [choice], usage: usageOf(usage) };
}

function refused(why: string) {
  return { refusal: `Prompt blocked: ${why}`, finish: 'content_filter' };
}

function addPart(choice: ExpectedChoice, part: Json): void {
  const signature = string(part.thoughtSignature);
  if (part.thought) choice.reasoning += string(part.text);
  else choice.text += string(part.text);
  if (signature) choice.signatures.push(signature);
  if (!part.functionCall) return;
  addCall(choice, object(part.functionCall), signature);
}

/** Arguments may come in pieces: a call that `willContinue`, pieces under a JSON path, and an empty call as the end. */
function addCall(choice: ExpectedChoice, call: Json, signature: string): void {
  if (call.name) {
    choice.calls.push({
      id: call.id === undefined ? undefined : string(call.id),
      type: 'function',
      name: string(call.name),
      arguments: { ...object(call.args) },
      ...(signature && { signature }),
    });
  }
  const open = object(choice.calls.at(-1)?.arguments);
  for (const piece of list(call.partialArgs)) {
    const field = string(piece.jsonPath).replace('$.', '');
    open[field] = string(open[field]) + string(piece.stringValue);
  }
}

/** Segments are counted in UTF-8 bytes. */
function addCitations(choice: ExpectedChoice, grounding: Json): void {
  const chunks = list(grounding.groundingChunks);
  const bytes = Buffer.from(choice.text);
  const units = (offset: unknown) => bytes.subarray(0, number(offset)).toString().length;
  for (const { segment, groundingChunkIndices: indices } of list(grounding.groundingSupports)) {
    for (const index of Array.isArray(indices) ? indices.map(number) : []) {
      const url = string(at(chunks[index], 'web', 'uri'));
      if (!url) continue;
      choice.citations.push({ url, start: units(at(segment, 'startIndex')), end: units(at(segment, 'endIndex')) });
    }
  }
}

function finishOf(choice: ExpectedChoice, reason: string): string {
  if (reason === 'MAX_TOKENS' || reason === 'CONTINUATION') return 'length';
  if (FILTERED.includes(reason)) return 'content_filter';
  return choice.calls.length > 0 ? 'tool_calls' : 'stop';
}

/** The prompt includes what the cache held; candidates exclude thoughts. */
function usageOf(usage: unknown): ExpectedUsage | undefined {
  if (!usage) return undefined;
  const thoughts = number(at(usage, 'thoughtsTokenCount'));
  return {
    prompt: number(at(usage, 'promptTokenCount')) + number(at(usage, 'toolUsePromptTokenCount')),
    completion: number(at(usage, 'candidatesTokenCount')) + thoughts,
    total: number(at(usage, 'totalTokenCount')),
    cached: number(at(usage, 'cachedContentTokenCount')),
    written: 0,
    reasoning: thoughts,
  };
}
