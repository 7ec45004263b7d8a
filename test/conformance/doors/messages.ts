/** Anthropic's Messages, by Anthropic's SDK. */
import Anthropic from '@anthropic-ai/sdk';
import type { DoorClient, Told } from './feature.ts';

type Body = Omit<Anthropic.MessageCreateParamsNonStreaming, 'model'>;

export const MESSAGES: DoorClient = {
  name: 'messages',
  raises: Anthropic.AnthropicError,
  connect({ model, streamed, fetch, headers }) {
    const baseURL = 'http://signalbox.invalid';
    const client = new Anthropic({ baseURL, apiKey: 'none', maxRetries: 0, fetch, defaultHeaders: headers });
    return async (body) => {
      const request = { max_tokens: 4000, ...body, model } as Body & { model: string };
      return told(await (streamed ? client.messages.stream(request).finalMessage() : client.messages.create(request)));
    };
  },
  statusOf: (cause) => (cause instanceof Anthropic.APIError ? (cause.status as number | undefined) : undefined),
  fieldOf(cause) {
    const { error } = (cause as { error?: { error?: { details?: { param?: string } } } }) ?? {};
    return error?.error?.details?.param ?? '';
  },
  say: (text) => ({ messages: [{ role: 'user', content: text }] }),
};

function told(message: Anthropic.Message): Told {
  const { id, content, stop_reason: finish, usage } = message;
  return {
    id,
    text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    thoughts: content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join(''),
    calls: content.flatMap((block) => (block.type === 'tool_use' ? [{ name: block.name, input: block.input }] : [])),
    finish,
    usage: {
      prompt: usage.input_tokens + (usage.cache_creation_input_tokens ?? 0),
      answer: usage.output_tokens,
      cached: usage.cache_read_input_tokens ?? 0,
    },
    answers: 1,
    logprobs: 0,
    turns: [{ role: 'assistant', content }],
  };
}
