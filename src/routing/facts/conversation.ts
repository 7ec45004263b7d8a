/** Where a conversation stands: which turn it is, whether an agent is at work, whether it gets on. */
import type { ChatMessage } from '../../core/chat.ts';
import { headOf, isAsk } from './text.ts';

/** How many times the user has asked, this time included. What is said in one go counts once. */
export function turnOf(messages: readonly ChatMessage[]): number {
  let turn = 0;
  let wasAsk = false;
  for (const message of messages) {
    const ask = isAsk(message);
    if (ask && !wasAsk) turn += 1;
    if (message.role !== 'system' && message.role !== 'developer') wasAsk = ask;
  }
  return turn;
}

/** An agent goes on by itself: the last word is a tool's result, or a call that waits for one. */
export function isInToolLoop(messages: readonly ChatMessage[]): boolean {
  for (let index = messages.length - 1; index >= 0; index -= 1) {
    const message = messages[index];
    if (!message || message.role === 'tool' || message.role === 'function') return true;
    if (message.role === 'assistant') return Boolean(message.tool_calls?.length ?? message.function_call);
    if (isAsk(message)) return false;
  }
  return false;
}

/** As often as this, and the agent is taken to be stuck. */
const STUCK = 3;
/** How far back is looked: an agent may work for thousands of messages. */
const MAX_MESSAGES = 60;
const RESULT_CHARS = 2_000;

interface Step {
  call: string;
  result: string | undefined;
}

/**
 * An agent that turns in circles since the user's last ask: one call again and again, the same call with the same result
 * though others stand between, or nothing but failures. A test that is run after every edit is no circle.
 */
export function isStalled(messages: readonly ChatMessage[]): boolean {
  const { steps, failures } = recent(messages);
  if (failures >= STUCK) return true;
  const last = steps[0];
  if (!last) return false;
  const inRow = steps.findIndex(({ call }) => call !== last.call);
  if ((inRow < 0 ? steps.length : inRow) >= STUCK) return true;
  return steps.filter(({ call, result }) => call === last.call && result === last.result).length >= STUCK;
}

/** The calls since the last ask, newest first, and how many of the newest results are failures. */
function recent(messages: readonly ChatMessage[]): { steps: Step[]; failures: number } {
  const steps: Step[] = [];
  const results = new Map<string, string>();
  let failures = 0;
  let failing = true;
  const end = Math.max(0, messages.length - MAX_MESSAGES);
  for (let index = messages.length - 1; index >= end; index -= 1) {
    const message = messages[index];
    if (!message || isAsk(message)) break;
    if (message.role === 'tool' || message.role === 'function') {
      const result = headOf(message.content, RESULT_CHARS);
      results.set(message.role === 'tool' ? message.tool_call_id : message.name, result);
      failing &&= message.is_error === true || isFailure(result);
      if (failing) failures += 1;
    } else if (message.role === 'assistant') steps.push(...stepsOf(message, results));
  }
  return { steps, failures };
}

type AssistantMessage = Extract<ChatMessage, { role: 'assistant' }>;

function stepsOf({ tool_calls: calls, function_call: old }: AssistantMessage, results: Map<string, string>): Step[] {
  if (old) return [{ call: `${old.name} ${old.arguments}`, result: results.get(old.name) }];
  return (calls ?? []).toReversed().map((call) => {
    const made = call.type === 'custom' ? `${call.custom?.name} ${call.custom?.input}` : functionCall(call.function);
    return { call: made, result: results.get(call.id) };
  });
}

function functionCall(called: { name: string; arguments: string } | undefined): string {
  return `${called?.name} ${called?.arguments}`;
}

/** As tools of coding agents begin when they fail; OpenAI's API has no field for it. */
const FAILURES = ['error', '<tool_use_error>', 'traceback (most recent call last)', 'fatal:', 'exception', '{"error"'];
/** Codex's shell. */
const EXIT_CODE = /"exit_code": ?[1-9]|^exit code:? [1-9]/;

function isFailure(result: string): boolean {
  const head = result.trimStart().slice(0, 300).toLowerCase();
  return FAILURES.some((word) => head.startsWith(word)) || EXIT_CODE.test(head);
}
