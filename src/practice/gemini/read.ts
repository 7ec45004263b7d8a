import { type Ask, cachedPrompt, promptTokens, type ToolOffer } from '../ask.ts';
import { Rejected } from '../rejected.ts';
import { readShape } from '../shape.ts';
import type { Asked } from '../wire.ts';
import { checkGenerate, versionOf } from './rules.ts';
import { inCamelCase } from './spelling.ts';
import { type Content, type GenerateRequest, generateShape, rejectShape } from './shape.ts';

export interface Reading {
  request: GenerateRequest;
  model: string;
  stream: boolean;
  /** Calls have ids, and signatures are demanded. */
  isNew: boolean;
  ask: Ask;
}

export function readGenerate({ url, body }: Asked): Reading {
  const [, encoded = '', verb] = /\/models\/([^/]+):(\w+)$/u.exec(url.pathname) ?? [];
  const model = decodeURIComponent(encoded);
  if (!model.startsWith('gemini-')) {
    throw new Rejected(
      404,
      `models/${model} is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.`,
    );
  }
  const stream = verb === 'streamGenerateContent';
  if (stream && url.searchParams.get('alt') !== 'sse') throw new Rejected(400, 'Practice streams with alt=sse only.');
  const request = readShape(generateShape, inCamelCase(body ?? {}), rejectShape);
  checkGenerate(request, model);
  return { request, model, stream, isNew: versionOf(model) >= 3, ask: toAsk(request, model) };
}

function toAsk(request: GenerateRequest, model: string): Ask {
  const { contents, generationConfig: config = {}, systemInstruction, tools = [] } = request;
  return {
    dialect: 'gemini',
    model,
    system: systemInstruction ? textOf(systemInstruction) : '',
    ...lastTurn(contents),
    ...toolsOf(request),
    parallel: true,
    json:
      config.responseMimeType === 'application/json'
        ? jsonOf(config.responseJsonSchema ?? config.responseSchema)
        : undefined,
    thinks: isThinking(request, model),
    maxTokens: config.maxOutputTokens,
    stop: config.stopSequences ?? [],
    prompt: cachedPrompt(promptTokens([systemInstruction, contents, tools]), Boolean(request.cachedContent), true),
  };
}

function jsonOf(schema: Record<string, unknown> | undefined): Ask['json'] {
  return schema ? { schema } : {};
}

/** Newer models always think; 2.5 unless its budget is 0. */
function isThinking({ generationConfig }: GenerateRequest, model: string): boolean {
  const { thinkingBudget: budget, includeThoughts } = generationConfig?.thinkingConfig ?? {};
  return (
    versionOf(model) >= 2.5 &&
    budget !== 0 &&
    (versionOf(model) >= 3 || budget !== undefined || includeThoughts === true)
  );
}

function toolsOf({ tools = [], toolConfig }: GenerateRequest): Pick<Ask, 'tools' | 'toolMode'> {
  const { mode, allowedFunctionNames: allowed } = toolConfig?.functionCallingConfig ?? {};
  const offers = tools.flatMap(({ functionDeclarations = [] }) =>
    functionDeclarations.map(({ name, description, parameters, parametersJsonSchema }): ToolOffer => {
      return { name, description, schema: parametersJsonSchema ?? parameters ?? {} };
    }),
  );
  return {
    tools: allowed ? offers.filter(({ name }) => allowed.includes(name)) : offers,
    toolMode: mode === 'ANY' ? 'required' : mode === 'NONE' ? 'none' : 'auto',
  };
}

function lastTurn(contents: readonly Content[]): Pick<Ask, 'said' | 'attachments' | 'results'> {
  const spoken = contents.findLast((content) => content.role !== 'model' && textOf(content) !== '');
  const last = contents.findLast(({ role }) => role !== 'model')?.parts ?? [];
  return {
    said: spoken ? textOf(spoken) : '',
    attachments: last.filter(({ inlineData, fileData }) => inlineData || fileData).length,
    results: last.flatMap(({ functionResponse: response }) =>
      response ? [{ name: response.name, text: resultText(response.response) }] : [],
    ),
  };
}

function resultText(response: Record<string, unknown>): string {
  const said = response['output'] ?? response['error'];
  return typeof said === 'string' ? said : JSON.stringify(response);
}

function textOf({ parts }: Content): string {
  return parts.flatMap(({ text, thought }) => (text && !thought ? [text] : [])).join('\n');
}
