/** What Converse demands of a conversation, and the models behind it of their requests. */
import { bindsThoughts, checkClaude, type Claude, type ClaudeAsk, claudeOf } from '../claude.ts';
import { Rejected } from '../rejected.ts';
import { isSchema } from '../sample.ts';
import { claudeSchemaFault } from '../schema-limits.ts';
import { sealFault } from '../seal.ts';
import type { Block, ConverseRequest, Message } from './shape.ts';

const MODEL_ID = /^(?:arn:aws[\w:/.-]+|(?:[a-z]{2,6}(?:-[a-z]+)?\.)?[a-z0-9-]+\.[\w.:-]+)$/u;

export function checkConverse(request: ConverseRequest, model: string): void {
  if (!MODEL_ID.test(model)) throw bad('The provided model identifier is invalid.');
  checkOrder(request.messages);
  for (const [index, message] of request.messages.entries()) checkMessage(request, message, index);
  checkTools(request);
  const claude = claudeOf(model);
  if (claude) asTheModel(() => checkForClaude(request, model, claude));
}

/** All that was said before a thought, cache points and earlier thoughts aside. */
export function prefixOf({ system, toolConfig, messages }: ConverseRequest, until = messages.length): string {
  const said = messages.slice(0, until).map(({ role, content }) => [role, content.filter(isSaid)]);
  return JSON.stringify([
    system?.filter(({ text }) => text),
    toolConfig?.tools.filter(({ toolSpec }) => toolSpec),
    said,
  ]);
}

function isSaid({ cachePoint, reasoningContent }: Block): boolean {
  return !cachePoint && !reasoningContent;
}

function checkOrder(messages: readonly Message[]): void {
  if (messages.length === 0) throw bad('The messages field must contain at least one message.');
  for (const [index, { role }] of messages.entries()) {
    if (index === 0 && role !== 'user') {
      throw bad(
        'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
      );
    }
    if (index > 0 && messages[index - 1]?.role === role) {
      throw bad(
        'A conversation must alternate between user and assistant roles. ' +
          'Make sure the conversation alternates between user and assistant roles and try again.',
      );
    }
  }
}

const USER_ONLY = ['image', 'document', 'video', 'audio', 'toolResult'] as const;

function checkMessage(request: ConverseRequest, { role, content }: Message, index: number): void {
  if (content.length === 0) {
    throw bad(
      `The content field in the Message object at messages.${index} is empty. Add a ContentBlock object to the content field and try again.`,
    );
  }
  for (const [at, block] of content.entries()) {
    const place = `messages.${index}.content.${at}`;
    if (Object.keys(block).length !== 1) throw bad(`The ContentBlock object at ${place} must set one of its members.`);
    if (block.text !== undefined && block.text.trim() === '') {
      throw bad(
        `The text field in the ContentBlock object at ${place} is blank. Add text to the text field, and try again.`,
      );
    }
    const wrong =
      role === 'assistant'
        ? USER_ONLY.find((key) => block[key])
        : (['toolUse', 'reasoningContent'] as const).find((key) => block[key]);
    if (wrong)
      throw bad(`The ContentBlock object at ${place} has a ${wrong} member, which ${role} messages cannot have.`);
  }
  checkDocuments(content, index);
  checkResults(request.messages, index);
}

function checkDocuments(content: readonly Block[], index: number): void {
  const documents = content.flatMap(({ document }) => document ?? []);
  if (documents.length > 0 && !content.some(({ text }) => text)) {
    throw bad(`A text block is required when documents are sent: add one to messages.${index}.content.`);
  }
  const names = documents.map(({ name }) => name);
  if (new Set(names).size < names.length) throw bad(`Document names must be unique: messages.${index}`);
  if (documents.length > 5) throw bad('At most 5 documents may be sent in a request.');
}

function checkResults(messages: readonly Message[], index: number): void {
  const calls = idsOf(messages[index - 1], 'toolUse');
  const results = idsOf(messages[index], 'toolResult');
  const missing = calls.filter((id) => !results.includes(id));
  if (missing.length > 0)
    throw bad(`Expected toolResult blocks at messages.${index}.content for the following Ids: ${missing.join(', ')}`);
  if (results.length > calls.length) {
    throw bad(
      `The number of toolResult blocks at messages.${index}.content exceeds the number of toolUse blocks of previous turn.`,
    );
  }
  const orphan = results.find((id) => !calls.includes(id));
  if (orphan) throw bad(`The toolResult block at messages.${index}.content has an unknown toolUseId: ${orphan}`);
  if (new Set(calls).size < calls.length) throw bad(`messages.${index - 1}: toolUse ids must be unique`);
}

function idsOf(message: Message | undefined, kind: 'toolUse' | 'toolResult'): string[] {
  return (message?.content ?? []).flatMap((block) => block[kind]?.toolUseId ?? []);
}

function checkTools({ messages, toolConfig, system }: ConverseRequest): void {
  const blocks = messages.flatMap(({ content }) => content);
  if (!toolConfig && blocks.some(({ toolUse, toolResult }) => toolUse || toolResult)) {
    throw bad('The toolConfig field must be defined when using toolUse and toolResult content blocks.');
  }
  const names = (toolConfig?.tools ?? []).flatMap(({ toolSpec }) => toolSpec?.name ?? []);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice) throw bad(`The toolConfig.tools field has two tools named ${twice}.`);
  checkChoice(toolConfig, names);
  const marks = [...(system ?? []), ...(toolConfig?.tools ?? []), ...blocks].filter(({ cachePoint }) => cachePoint);
  if (marks.length > 4) throw bad(`A maximum of 4 blocks with cache_control may be provided. Found ${marks.length}.`);
}

function checkChoice(toolConfig: ConverseRequest['toolConfig'], names: readonly string[]): void {
  const choice = toolConfig?.toolChoice;
  if (choice && Object.keys(choice).length !== 1)
    throw bad('The ToolChoice object at toolConfig.toolChoice must set one of its members.');
  if (choice?.tool && !names.includes(choice.tool.name))
    throw bad(`The tool ${choice.tool.name} of toolChoice is not among toolConfig.tools.`);
}

function checkForClaude(request: ConverseRequest, model: string, claude: Claude): void {
  checkClaude(toClaudeAsk(request, model, claude));
  for (const [index, { toolSpec }] of (request.toolConfig?.tools ?? []).entries()) {
    if (toolSpec?.strict) checkConstrained(claude, toolSpec.inputSchema.json, `tools.${index}.custom.strict`);
  }
  const format = request.outputConfig?.textFormat?.structure.jsonSchema.schema;
  if (format !== undefined) checkConstrained(claude, parsed(format), 'output_config.format.schema');
  checkThoughts(request, model, claude);
}

/** What Converse uses where the request names no limit. */
const DEFAULT_MAX_TOKENS = 4096;

function toClaudeAsk(request: ConverseRequest, model: string, claude: Claude): ClaudeAsk {
  const { inferenceConfig = {}, toolConfig, messages } = request;
  const topK = request.additionalModelRequestFields?.['top_k'];
  return {
    model,
    claude,
    maxTokens: inferenceConfig.maxTokens ?? DEFAULT_MAX_TOKENS,
    temperature: inferenceConfig.temperature,
    topP: inferenceConfig.topP,
    topK: typeof topK === 'number' ? topK : undefined,
    thinking: thinkingOf(request),
    effort: effortOf(request),
    forcesTool: Boolean(toolConfig?.toolChoice?.any ?? toolConfig?.toolChoice?.tool),
    endsWithAssistant: messages.at(-1)?.role === 'assistant',
  };
}

/** Bedrock constrains no answer of the models from 4.7 on, and none before 4.5 can be. */
function checkConstrained({ version }: Claude, schema: unknown, at: string): void {
  if (version >= 4.7 || version < 4.5) throw bad(`${at}: Extra inputs are not permitted`);
  const fault = claudeSchemaFault(schema);
  if (fault) throw bad(`${at}: ${fault.message}`);
}

function checkThoughts(request: ConverseRequest, model: string, claude: Claude): void {
  const bound = bindsThoughts(claude);
  for (const [index, { content }] of request.messages.entries()) {
    for (const [at, { reasoningContent }] of content.entries()) {
      const thought = reasoningContent?.reasoningText;
      if (!thought) continue;
      const claim = {
        dialect: 'bedrock',
        model: bound ? model : '',
        text: thought.text,
        prefix: bound ? prefixOf(request, index) : '',
      };
      if (sealFault(thought.signature ?? '', claim)) {
        throw bad(`messages.${index}.content.${at}: Invalid \`signature\` in \`thinking\` block`);
      }
    }
  }
}

export function thinkingOf({ additionalModelRequestFields: additional = {} }: ConverseRequest) {
  const thinking = additional['thinking'];
  if (!isSchema(thinking) || typeof thinking['type'] !== 'string') return undefined;
  const { type, budget_tokens: budget, display } = thinking;
  return {
    type,
    budget_tokens: typeof budget === 'number' ? budget : undefined,
    display: typeof display === 'string' ? display : undefined,
  };
}

export function effortOf({
  outputConfig,
  additionalModelRequestFields: additional = {},
}: ConverseRequest): string | undefined {
  const config = additional['output_config'];
  const effort = isSchema(config) ? config['effort'] : undefined;
  return outputConfig?.effort ?? (typeof effort === 'string' ? effort : undefined);
}

export function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw bad('The schema of outputConfig.textFormat is not valid JSON.');
  }
}

function asTheModel(check: () => void): void {
  try {
    check();
  } catch (cause) {
    if (!(cause instanceof Rejected)) throw cause;
    throw bad(`The model returned the following errors: ${cause.message}`);
  }
}

function bad(message: string): Rejected {
  return new Rejected(400, message);
}
