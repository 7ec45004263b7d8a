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
import { addUsage } from '../answers/usage.ts';
import type { Work } from './send.ts';
import { collect } from './collect.ts';

export async function insist(work: Work, exchange: Exchange, first: AnswerCollector): Promise<AnswerCollector> {
  const { emulate = {} } = exchange;
  const problem = shortfall(first, emulate);
  if (!problem) return first;
  const request = askAgain(work.call.request, first, problem.say);
  const second = await collect(work, work.provider.translate({ ...work.call, request, original: undefined }));
  second.facts.usage = addUsage(first.facts.usage, second.facts.usage);
  const still = shortfall(second, emulate);
  if (!still) return second;
  throw new GatewayError(still.kind, `The model did not do what the request demands: ${still.why}`);
}

interface Shortfall {
  kind: 'schema_mismatch' | 'tool_choice_unsatisfied';
  why: string;
  /** What the model is told. */
  say: string;
}

function shortfall(answer: AnswerCollector, emulate: Emulation): Shortfall | undefined {
  for (const choice of answer.choices.values()) {
    const found = missingCall(choice, emulate.toolRequired) ?? badJson(choice, emulate.json);
    if (found) return found;
  }
  return undefined;
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

function askAgain(request: ChatRequest, answer: AnswerCollector, say: string): ChatRequest {
  const said = answer.choice(0).content;
  const messages: ChatMessage[] = [...request.messages];
  if (said) messages.push({ role: 'assistant', content: said });
  messages.push({ role: 'user', content: say });
  return { ...request, messages, n: 1 };
}
