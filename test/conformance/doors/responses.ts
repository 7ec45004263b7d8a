/** OpenAI's Responses, by OpenAI's SDK. */
import OpenAI from 'openai';
import { toResponseInputItems } from 'openai/lib/responses/ResponseInputItems';
import type { ResponseStreamParams } from 'openai/lib/responses/ResponseStream';
import type { Response as Answer, ResponseCreateParamsNonStreaming } from 'openai/resources/responses/responses';
import type { DoorClient, Told } from './feature.ts';

type Item = Answer['output'][number];

export const RESPONSES: DoorClient = {
  name: 'responses',
  raises: OpenAI.OpenAIError,
  connect({ model, streamed, fetch, headers }) {
    const baseURL = 'http://signalbox.invalid/v1';
    const client = new OpenAI({ baseURL, apiKey: 'none', maxRetries: 0, fetch, defaultHeaders: headers });
    return async (body) => {
      const request = { ...body, model };
      if (streamed) return told(await client.responses.stream(request as ResponseStreamParams).finalResponse());
      return told(await client.responses.create(request as ResponseCreateParamsNonStreaming));
    };
  },
  statusOf: (cause) => (cause instanceof OpenAI.APIError ? (cause.status as number | undefined) : undefined),
  fieldOf: (cause) => (cause instanceof OpenAI.APIError ? (cause.param ?? '') : ''),
  say: (text) => ({ input: text }),
};

function told(answer: Answer): Told {
  const { id, output, usage, status, incomplete_details: reason } = answer;
  const texts = output.flatMap((item) => (item.type === 'message' ? item.content : []));
  return {
    id,
    text: answer.output_text,
    thoughts: output.map(thoughtOf).join(''),
    calls: output.flatMap(callOf),
    finish: reason?.reason ?? status,
    usage: {
      prompt: usage?.input_tokens ?? 0,
      answer: usage?.output_tokens ?? 0,
      cached: usage?.input_tokens_details.cached_tokens ?? 0,
    },
    answers: 1,
    logprobs: texts.reduce((sum, part) => sum + (part.type === 'output_text' ? (part.logprobs?.length ?? 0) : 0), 0),
    turns: toResponseInputItems(output),
  };
}

function thoughtOf(item: Item): string {
  return item.type === 'reasoning' ? item.summary.map(({ text }) => text).join('') : '';
}

function callOf(item: Item): Told['calls'] {
  if (item.type === 'function_call') return [{ name: item.name, input: JSON.parse(item.arguments) as unknown }];
  if (item.type === 'custom_tool_call') return [{ name: item.name, input: item.input }];
  return [];
}
