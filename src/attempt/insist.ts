/**
 * What a provider will not enforce, the router insists on: valid JSON, or a call of the tool that was required.
 * An answer that falls short is sent back once, with the reason; if the second one fails too, another deployment
 * may try. So an unconstrained text never reaches a client that asked for more.
 */
import type { ChatMessage, ChatRequest } from '../core/chat.ts';
import { GatewayError } from '../core/errors.ts';
import type { Emulation, Exchange } from '../core/provider.ts';
import { checkJson } from '../answers/check-json.ts';
import type { AnswerCollector, CollectedChoice } from '../answers/collector.ts';
import { turnOf } from '../answers/facts.ts';
import { addUsage } from '../answers/usage.ts';
import type { Work } from './send.ts';
import { collect } from './collect.ts';

export async function insist(work: Work, exchange: Exchange, first: AnswerCollector): Promise<AnswerCollector> {
  const { emulate = {} } = exchange;
  const failed = [...first.choices].flatMap(([index, choice]) => {
    const problem = shortfall(choice, emulate);
    return problem ? [{ index, choice, problem }] : [];
  });
  if (failed.length === 0) return first;
  const siblings = work.client.child();
  try {
    const asked = failed.map((each) => askAgain({ ...work, client: siblings }, emulate, each));
    const seconds = await Promise.all(asked);
    return failed.reduce((answer, { index }, place) => withSecond(answer, index, seconds[place]), first);
  } catch (cause) {
    siblings.leave(); // One failed, so nobody wants the others.
    throw cause;
  }
}

/** A choice that falls short. The others of its answer stay as they are. */
interface Failed {
  choice: CollectedChoice;
  problem: Shortfall;
}

async function askAgain(work: Work, emulate: Emulation, { choice, problem }: Failed): Promise<AnswerCollector> {
  const request = corrected(work.call.request, choice, problem.say);
  const second = await collect(work, work.provider.translate({ ...work.call, request, original: undefined }));
  const still = shortfall(second.choice(0), emulate);
  if (!still) return second;
  throw new GatewayError(still.kind, `The model did not do what the request demands: ${still.why}`);
}

/** Of an only choice everything is replaced, and both are paid. */
function withSecond(answer: AnswerCollector, index: number, second: AnswerCollector | undefined): AnswerCollector {
  if (!second) return answer;
  const usage = addUsage(answer.facts.usage, second.facts.usage);
  const whole = answer.choices.size === 1 ? second : answer;
  whole.choices.set(index, second.choice(0));
  whole.facts.turns.set(index, turnOf(second.facts, 0));
  whole.facts.usage = usage;
  return whole;
}

interface Shortfall {
  kind: 'schema_mismatch' | 'tool_choice_unsatisfied';
  why: string;
  /** What the model is told. */
  say: string;
}

function shortfall(choice: CollectedChoice, emulate: Emulation): Shortfall | undefined {
  return missingCall(choice, emulate.toolRequired) ?? badJson(choice, emulate.json);
}

function missingCall(choice: CollectedChoice, required: Emulation['toolRequired']): Shortfall | undefined {
  if (!required || isExcused(choice)) return undefined;
  if (choice.toolCalls.some(({ name }) => !required.name || name === required.name)) return undefined;
  const tool = required.name ? `the tool "${required.name}"` : 'one of the tools';
  return { kind: 'tool_choice_unsatisfied', why: 'no such tool call came back', say: `You must call ${tool} now.` };
}

/** Puts the bare JSON in the choice's place on the way. */
function badJson(choice: CollectedChoice, json: Emulation['json']): Shortfall | undefined {
  if (!json || isExcused(choice) || choice.toolCalls.length > 0) return undefined;
  const check = checkJson(choice.content, json.schema);
  if (check.ok) {
    choice.content = check.text;
    return undefined;
  }
  return {
    kind: 'schema_mismatch',
    why: check.problem,
    say: `That answer is not valid: ${check.problem}. Answer again with the corrected JSON only.`,
  };
}

/** Cut off or declined: OpenAI, too, gives such answers as they are, and names the reason. */
function isExcused(choice: CollectedChoice): boolean {
  return choice.finishReason === 'length' || choice.finishReason === 'content_filter';
}

function corrected(request: ChatRequest, { content: said }: CollectedChoice, say: string): ChatRequest {
  const messages: ChatMessage[] = [...request.messages];
  if (said) messages.push({ role: 'assistant', content: said });
  messages.push({ role: 'user', content: say });
  return { ...request, messages, n: 1 };
}
