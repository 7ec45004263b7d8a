/** A text that broke off is continued: by the model itself from its own words, or by its or another's instruction. */
import type { ChatMessage, ChatRequest } from '../core/chat.ts';
import type { Capabilities } from '../core/deployment.ts';
import { type Joint, jointOf } from '../answers/joint.ts';
import { Seam } from '../answers/seam.ts';
import { Tape } from '../answers/tape.ts';
import { type Paper, translatingFlow, writerOf } from './flow.ts';
import { type LiveAnswer, LiveFrames } from './live.ts';
import { LIVE, type Manner } from './manner.ts';
import { translate, type Work } from './send.ts';
import { Silence } from './silence.ts';

/** Where nobody counts them. */
const CHARACTERS_PER_TOKEN = 4;

/** Whether an answer to this may be continued, if it should break: one plain text. */
export function mayContinue(request: ChatRequest): boolean {
  const { n, response_format: format, tool_choice: choice, function_call: call, logprobs, modalities } = request;
  const isText = !format || format.type === 'text';
  const isFree = isFreeChoice(choice) && isFreeChoice(call);
  return (n ?? 1) === 1 && isText && isFree && !logprobs && !modalities?.includes('audio');
}

function isFreeChoice(choice: unknown): boolean {
  return choice === undefined || choice === null || choice === 'auto' || choice === 'none';
}

/** As `LIVE`, but bytes never pass as they are, because the text has to be kept. */
export const TAPED: Manner<LiveFrames> = { ...LIVE, attempt: attemptTaped };

async function attemptTaped(work: Work): Promise<LiveAnswer> {
  const writer = writerOf(work);
  const tape = new Tape(writer);
  return answerOn(work, { writer, sink: tape, facts: writer.facts, tape });
}

/** An attempt at the rest of what is on the tape; the tape's own stream goes on with it. */
export async function attemptRest(work: Work, tape: Tape): Promise<LiveAnswer> {
  const { text } = tape;
  const { request, capabilities } = work.call;
  const joint = jointOf(text, goesOnByItself(request, capabilities));
  const call = { ...work.call, request: requestForRest(request, joint), original: undefined };
  const seam = new Seam(tape, joint);
  return answerOn({ ...work, call }, { writer: tape.writer, sink: seam, facts: seam.facts, tape, isRest: true });
}

export function tokensOf(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

async function answerOn(work: Work, paper: Paper): Promise<LiveAnswer> {
  const exchange = translate(work);
  const flow = await translatingFlow(work, exchange, paper);
  const body = new LiveFrames(flow, new Silence(work));
  await body.commit();
  return { body, facts: flow.facts, warnings: exchange.warnings };
}

/** Claude takes no such turn while it thinks. */
function goesOnByItself(request: ChatRequest, { prefill }: Capabilities): boolean {
  const { reasoning_effort: effort, thinking, reasoning } = request;
  return prefill && (!effort || effort === 'none') && !thinking && !reasoning;
}

/** The request, with the answer so far in it. */
function requestForRest(request: ChatRequest, { said, anchor }: Joint): ChatRequest {
  if (!said) return request; // Only whitespace went out.
  const messages = withAnswer(request.messages, said);
  if (anchor) messages.push({ role: 'user', content: instruction(anchor) });
  return { ...request, messages, ...limitsForRest(request, said, anchor) };
}

/** A client that ends with words of its own for the assistant has them continued, so they are one turn with the rest. */
function withAnswer(messages: readonly ChatMessage[], said: string): ChatMessage[] {
  const last = messages.at(-1);
  if (last?.role !== 'assistant' || typeof last.content !== 'string') {
    return [...messages, { role: 'assistant', content: said }];
  }
  return [...messages.slice(0, -1), { ...last, content: last.content + said }];
}

function instruction(anchor: string): string {
  return [
    'Your last message was cut off. Write the rest of it now.',
    'Begin by repeating exactly its last words, which stand here between the tags, and go straight on from there as if',
    'you had never stopped: no greeting, no comment, no tags, and nothing else that you have said already.',
    `\n<last_words>${anchor}</last_words>`,
  ].join(' ');
}

/** What was said is taken off; what must be repeated is not. A budget for thinking stays smaller than the whole. */
function limitsForRest(request: ChatRequest, said: string, anchor: string): Partial<ChatRequest> {
  const used = tokensOf(said) - tokensOf(anchor);
  const least = 1 + Math.max(request.thinking?.budget_tokens ?? 0, request.reasoning?.max_tokens ?? 0);
  const rest = (limit: number) => Math.min(limit, Math.max(limit - used, least));
  const { max_tokens: tokens, max_completion_tokens: completion } = request;
  return {
    ...(tokens && { max_tokens: rest(tokens) }),
    ...(completion && { max_completion_tokens: rest(completion) }),
  };
}
