import { type Ask, cachedPrompt, promptTokens, type ToolOffer } from '../ask.ts';
import { gptOf, isReasoning } from '../gpt.ts';
import { readShape } from '../shape.ts';
import { LEAST_CACHED_TOKENS } from './chat-read.ts';
import { modelNotFound, rejectShape } from './errors.ts';
import { itemsOf, offered } from './responses-offers.ts';
import { checkResponses } from './responses-rules.ts';
import { type InputItem, type ResponsesBody, responsesShape } from './responses-shape.ts';

export function readResponses(given: unknown): { body: ResponsesBody; ask: Ask } {
  const body = readShape(responsesShape, given ?? {}, rejectShape);
  const gpt = gptOf(body.model);
  if (!gpt) throw modelNotFound(body.model);
  checkResponses(body, gpt);
  const items = itemsOf(body);
  const format = body.text?.format;
  const ask: Ask = {
    dialect: 'openai',
    model: body.model,
    system: [body.instructions ?? '', ...items.flatMap((item) => (isSystem(item) ? [textOf(item)] : []))].join('\n'),
    ...lastTurn(items),
    ...toolsOf(body),
    parallel: body.parallel_tool_calls ?? true,
    json:
      format && format.type !== 'text' ? (format.type === 'json_schema' ? { schema: format.schema } : {}) : undefined,
    thinks: isReasoning(gpt, body.reasoning?.effort),
    maxTokens: body.max_output_tokens ?? undefined,
    stop: [],
    prompt: promptOf(body, items),
  };
  return { body, ask };
}

type Message = Extract<InputItem, { role: string }>;

function isMessage(item: InputItem): item is Message {
  return 'content' in item && 'role' in item;
}

function isSystem(item: InputItem): item is Message {
  return isMessage(item) && (item.role === 'system' || item.role === 'developer');
}

function textOf({ content }: Message): string {
  if (typeof content === 'string') return content;
  return content.flatMap((part) => ('text' in part ? [part.text] : [])).join('\n');
}

function lastTurn(items: readonly InputItem[]): Pick<Ask, 'said' | 'attachments' | 'results'> {
  const user = items.findLast((item): item is Message => isMessage(item) && item.role === 'user');
  const parts = user && typeof user.content !== 'string' ? user.content : [];
  const answered = items.findLastIndex((item) => !('output' in item));
  const names = new Map(items.flatMap((item) => ('name' in item ? [[item.call_id, item.name] as const] : [])));
  return {
    said: user ? textOf(user) : '',
    attachments: parts.filter(({ type }) => type === 'input_image' || type === 'input_file').length,
    results: items
      .slice(answered + 1)
      .flatMap((item) =>
        'output' in item ? [{ name: names.get(item.call_id) ?? '', text: outputText(item.output) }] : [],
      ),
  };
}

function outputText(output: string | readonly { type: string }[]): string {
  if (typeof output === 'string') return output;
  return output.map((part) => ('text' in part ? String(part.text) : `[${part.type}]`)).join(' ');
}

function toolsOf(body: ResponsesBody): Pick<Ask, 'tools' | 'toolMode'> {
  const { tool_choice: choice } = body;
  const offers = offered(body).flatMap((tool): ToolOffer[] => {
    if (tool.type === 'function') {
      return [{ name: tool.name, description: tool.description ?? undefined, schema: tool.parameters ?? {} }];
    }
    return tool.type === 'custom' ? [{ name: tool.name, description: tool.description, custom: true }] : [];
  });
  if (!choice || typeof choice === 'string') return { tools: offers, toolMode: choice ?? 'auto' };
  if (choice.type === 'web_search') return { tools: [], toolMode: 'auto' };
  if (choice.type !== 'allowed_tools')
    return { tools: offers.filter(({ name }) => name === choice.name), toolMode: 'required' };
  const allowed = choice.tools.map((tool) => tool['name']);
  return { tools: offers.filter(({ name }) => allowed.includes(name)), toolMode: choice.mode };
}

function promptOf(body: ResponsesBody, items: readonly InputItem[]): Ask['prompt'] {
  const total = promptTokens([body.instructions, items, body.tools]);
  return cachedPrompt(
    total,
    total >= LEAST_CACHED_TOKENS,
    items.some((item) => isMessage(item) && item.role === 'assistant'),
  );
}
