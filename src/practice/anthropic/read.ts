import { type Ask, cachedPrompt, promptTokens, type ToolOffer } from '../ask.ts';
import { claudeOf, hidesThoughts, thinkingOf, type Claude } from '../claude.ts';
import { Rejected } from '../rejected.ts';
import { readShape } from '../shape.ts';
import type { Asked } from '../wire.ts';
import { blocksOf, checkMessages } from './rules.ts';
import { type Block, type MessagesRequest, messagesShape, rejectShape } from './shape.ts';

export interface Reading {
  request: MessagesRequest;
  ask: Ask;
  /** Thoughts come with their text. */
  showsThoughts: boolean;
}

export function readMessages(asked: Asked): Reading {
  const version = asked.headers.get('anthropic-version');
  if (!version) throw new Rejected(400, 'anthropic-version: header is required');
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(version))
    throw new Rejected(400, `anthropic-version: "${version}" is not a valid version`);
  const request = readShape(messagesShape, asked.body, rejectShape);
  const claude = claudeOf(request.model);
  if (!claude || !request.model.startsWith('claude-')) throw new Rejected(404, `model: ${request.model}`);
  checkMessages({ request, claude, version });
  const display = request.thinking && 'display' in request.thinking ? request.thinking.display : undefined;
  const showsThoughts = display ? display === 'summarized' : !hidesThoughts(claude);
  return { request, ask: toAsk(request, claude), showsThoughts };
}

function toAsk(request: MessagesRequest, claude: Claude): Ask {
  const { messages, system = [] } = request;
  const lateSystem = messages.flatMap((message) => (message.role === 'system' ? blocksOf(message) : []));
  return {
    dialect: 'anthropic',
    model: request.model,
    system: textOf([
      ...(typeof system === 'string' ? [{ type: 'text' as const, text: system }] : system),
      ...lateSystem,
    ]),
    ...lastTurn(request),
    ...toolsOf(request),
    json: request.output_config?.format ? { schema: request.output_config.format.schema } : undefined,
    thinks: isThinking(request, claude),
    maxTokens: request.max_tokens,
    stop: request.stop_sequences ?? [],
    prompt: promptOf(request),
  };
}

const MODES = { auto: 'auto', any: 'required', tool: 'required', none: 'none' } as const;

function toolsOf({ tools = [], tool_choice: choice }: MessagesRequest): Pick<Ask, 'tools' | 'toolMode' | 'parallel'> {
  const offers = tools.flatMap((tool): ToolOffer[] => {
    if (!('input_schema' in tool)) return [];
    const { name, description, input_schema: schema } = tool;
    return [{ name, description: typeof description === 'string' ? description : undefined, schema }];
  });
  const serial =
    choice !== undefined && 'disable_parallel_tool_use' in choice && choice.disable_parallel_tool_use === true;
  return {
    tools: offers.filter(({ name }) => choice?.type !== 'tool' || name === choice.name),
    toolMode: MODES[choice?.type ?? 'auto'],
    parallel: !serial,
  };
}

function isThinking({ thinking, output_config: output }: MessagesRequest, claude: Claude): boolean {
  if (thinking) return thinking.type === 'enabled' || thinking.type === 'adaptive';
  const style = thinkingOf(claude);
  return Boolean(output?.effort) && style !== 'budget' && style !== 'either' && style !== 'adaptive';
}

function lastTurn({ messages }: MessagesRequest): Pick<Ask, 'said' | 'attachments' | 'results'> {
  const spoken = messages.findLast((message) => message.role === 'user' && textOf(blocksOf(message)) !== '');
  const last = blocksOf(messages.findLast(({ role }) => role === 'user'));
  const names = new Map(
    messages.flatMap(blocksOf).flatMap((block) => (block.type === 'tool_use' ? [[block.id, block.name] as const] : [])),
  );
  return {
    said: textOf(blocksOf(spoken)),
    attachments: last.filter(({ type }) => type === 'image' || type === 'document').length,
    results: last.flatMap((block) =>
      block.type === 'tool_result'
        ? [{ name: names.get(block.tool_use_id) ?? '', text: resultText(block.content) }]
        : [],
    ),
  };
}

function resultText(content: string | readonly { type: string }[] | undefined): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map((block) => ('text' in block ? String(block.text) : `[${block.type}]`)).join(' ');
}

function textOf(blocks: readonly Block[]): string {
  return blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n');
}

function promptOf(request: MessagesRequest): Ask['prompt'] {
  const { system, tools, messages } = request;
  const marked =
    Boolean(request.cache_control) || JSON.stringify([system, tools, messages]).includes('"cache_control":{');
  const later = messages.some(({ role }) => role === 'assistant');
  return cachedPrompt(promptTokens([system, tools, messages]), marked, later);
}
