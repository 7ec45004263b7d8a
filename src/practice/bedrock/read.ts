import { type Ask, cachedPrompt, promptTokens, type ToolOffer } from '../ask.ts';
import { claudeOf, hidesThoughts, thinkingOf as styleOf } from '../claude.ts';
import { isSchema } from '../sample.ts';
import { readShape } from '../shape.ts';
import type { Asked } from '../wire.ts';
import { checkConverse, effortOf, parsed, thinkingOf } from './rules.ts';
import { type ConverseRequest, converseShape, type Message, rejectShape } from './shape.ts';

export interface Reading {
  request: ConverseRequest;
  model: string;
  stream: boolean;
  showsThoughts: boolean;
  ask: Ask;
}

export function readConverse({ url, body }: Asked): Reading {
  const [, encoded = '', verb] = /\/model\/([^/]+)\/([\w-]+)$/u.exec(url.pathname) ?? [];
  const model = decodeURIComponent(encoded);
  const request = readShape(converseShape, body ?? {}, rejectShape);
  checkConverse(request, model);
  const claude = claudeOf(model);
  const display = thinkingOf(request)?.display;
  const showsThoughts = display ? display === 'summarized' : !(claude && hidesThoughts(claude));
  return { request, model, stream: verb === 'converse-stream', showsThoughts, ask: toAsk(request, model) };
}

function toAsk(request: ConverseRequest, model: string): Ask {
  const { messages, system = [], inferenceConfig = {}, toolConfig, outputConfig } = request;
  const schema = outputConfig?.textFormat && parsed(outputConfig.textFormat.structure.jsonSchema.schema);
  const choice = toolConfig?.toolChoice;
  const claudeChoice = request.additionalModelRequestFields?.['tool_choice'];
  return {
    dialect: 'bedrock',
    model,
    system: system.flatMap(({ text }) => text ?? []).join('\n'),
    ...lastTurn(messages),
    tools: offersOf(request).filter(({ name }) => !choice?.tool || name === choice.tool.name),
    toolMode: choice?.any || choice?.tool ? 'required' : 'auto',
    parallel: !(isSchema(claudeChoice) && claudeChoice['disable_parallel_tool_use'] === true),
    json: isSchema(schema) ? { schema } : undefined,
    thinks: isThinking(request, model),
    maxTokens: inferenceConfig.maxTokens,
    stop: inferenceConfig.stopSequences ?? [],
    prompt: promptOf(request),
  };
}

function offersOf({ toolConfig }: ConverseRequest): ToolOffer[] {
  return (toolConfig?.tools ?? []).flatMap(({ toolSpec: spec }) =>
    spec ? [{ name: spec.name, description: spec.description, schema: spec.inputSchema.json }] : [],
  );
}

function isThinking(request: ConverseRequest, model: string): boolean {
  const claude = claudeOf(model);
  const thinking = thinkingOf(request);
  if (thinking) return thinking.type === 'enabled' || thinking.type === 'adaptive';
  if (claude) return Boolean(effortOf(request)) && !['budget', 'either', 'adaptive'].includes(styleOf(claude));
  const { reasoning_effort: effort, reasoningConfig: nova } = request.additionalModelRequestFields ?? {};
  return typeof effort === 'string' || (isSchema(nova) && nova['type'] === 'enabled');
}

function lastTurn(messages: readonly Message[]): Pick<Ask, 'said' | 'attachments' | 'results'> {
  const spoken = messages.findLast((message) => message.role === 'user' && textOf(message) !== '');
  const last = messages.findLast(({ role }) => role === 'user')?.content ?? [];
  const names = new Map(
    messages.flatMap(({ content }) =>
      content.flatMap(({ toolUse }) => (toolUse ? [[toolUse.toolUseId, toolUse.name] as const] : [])),
    ),
  );
  return {
    said: spoken ? textOf(spoken) : '',
    attachments: last.filter(({ image, document, video, audio }) => image ?? document ?? video ?? audio).length,
    results: last.flatMap(({ toolResult }) =>
      toolResult
        ? [{ name: names.get(toolResult.toolUseId) ?? '', text: toolResult.content.map(resultText).join(' ') }]
        : [],
    ),
  };
}

function resultText({ text, json, ...media }: { text?: string | undefined; json?: unknown }): string {
  return text ?? (json === undefined ? `[${Object.keys(media).join()}]` : JSON.stringify(json));
}

function textOf({ content }: Message): string {
  return content.flatMap(({ text }) => text ?? []).join('\n');
}

function promptOf({ system, messages, toolConfig }: ConverseRequest): Ask['prompt'] {
  const total = promptTokens([system, messages, toolConfig]);
  const marked = JSON.stringify([system, messages, toolConfig]).includes('"cachePoint":{');
  return cachedPrompt(
    total,
    marked,
    messages.some(({ role }) => role === 'assistant'),
  );
}
