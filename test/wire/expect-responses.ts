import { type Expected, type ExpectedChoice, type ExpectedUsage, emptyChoice, parsedArguments } from './expected.ts';
import { type Json, at, list, number, object, string } from './json.ts';

const TERMINAL = ['response.completed', 'response.incomplete'];

export function expectResponse(body: unknown): Expected {
  const response = object(body);
  const choice = emptyChoice();
  for (const item of list(response.output)) addItem(choice, item);
  choice.finish = finishOf(response, choice);
  return { model: string(response.model), choices: [choice], usage: usageOf(response.usage) };
}

/** The terminal event repeats the response whole; only the deltas' words must agree with it, and they do. */
export function expectResponseStream(events: unknown[]): Expected | undefined {
  const last = events.map(object).find(({ type }) => TERMINAL.includes(string(type)));
  if (!last) return undefined;
  const expected = expectResponse(last.response);
  const [choice] = expected.choices;
  if (choice) {
    choice.text = said(events, 'response.output_text.delta');
    choice.refusal = said(events, 'response.refusal.delta');
  }
  return expected;
}

function said(events: unknown[], type: string): string {
  return events
    .map(object)
    .filter((event) => event.type === type)
    .map((event) => string(event.delta))
    .join('');
}

function addItem(choice: ExpectedChoice, item: Json): void {
  if (item.type === 'message') for (const part of list(item.content)) addPart(choice, part);
  if (item.type === 'reasoning') {
    choice.reasoning += list(item.summary)
      .map(({ text }) => string(text))
      .join('');
    if (item.encrypted_content) choice.signatures.push(string(item.encrypted_content));
  }
  if (item.type === 'function_call' || item.type === 'custom_tool_call') {
    choice.calls.push({
      id: string(item.call_id),
      type: item.type === 'function_call' ? 'function' : 'custom',
      name: string(item.name),
      arguments: parsedArguments(string(item.arguments ?? item.input)),
    });
  }
}

function addPart(choice: ExpectedChoice, part: Json): void {
  const before = choice.text.length;
  if (part.type === 'output_text') choice.text += string(part.text);
  if (part.type === 'refusal') choice.refusal += string(part.refusal);
  choice.logprobs.push(...list(part.logprobs).map(({ token }) => string(token)));
  for (const { type, url, start_index: start, end_index: end } of list(part.annotations)) {
    if (type !== 'url_citation') continue;
    choice.citations.push({ url: string(url), start: before + number(start), end: before + number(end) });
  }
}

function finishOf(response: Json, choice: ExpectedChoice): string {
  const why = at(response, 'incomplete_details', 'reason');
  if (response.status === 'incomplete' && why === 'max_output_tokens') return 'length';
  if (response.status === 'incomplete' && why === 'content_filter') return 'content_filter';
  return choice.calls.length > 0 ? 'tool_calls' : 'stop';
}

function usageOf(usage: unknown): ExpectedUsage | undefined {
  if (!usage) return undefined;
  const written = at(usage, 'input_tokens_details', 'cache_write_tokens');
  return {
    prompt: number(at(usage, 'input_tokens')),
    completion: number(at(usage, 'output_tokens')),
    total: number(at(usage, 'total_tokens')),
    cached: number(at(usage, 'input_tokens_details', 'cached_tokens')),
    written: written === undefined ? undefined : number(written),
    reasoning: number(at(usage, 'output_tokens_details', 'reasoning_tokens')),
  };
}
