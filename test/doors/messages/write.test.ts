/** What the door writes, judged by the SDK's own accumulator. */
import Anthropic from '@anthropic-ai/sdk';
import { MessageStream } from '@anthropic-ai/sdk/lib/MessageStream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerCollector } from '../../../src/answers/collector.ts';
import { replay } from '../../../src/answers/replay.ts';
import type { AnswerSink, ChoiceSink } from '../../../src/core/answer.ts';
import type { Usage } from '../../../src/core/chat.ts';
import { GatewayError } from '../../../src/core/errors.ts';
import { unseal } from '../../../src/doors/capsule.ts';
import { MESSAGES } from '../../../src/doors/messages/door.ts';

const ASKED = {
  limits: { maxBodyBytes: 1e6, maxMessages: 9, maxDepth: 9 },
  header: () => undefined,
  param: () => undefined,
};
const { pen } = MESSAGES.read('{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"Hi"}]}', ASKED);
const STAMP = { newId: (prefix: string) => `${prefix}1`, createdSeconds: 1, model: 'unnamed' };

type Say = (choice: ChoiceSink, sink: AnswerSink) => void;

function streamed(say: Say): string {
  const writer = pen.stream({ ...STAMP, includeUsage: true });
  writer.start({ model: 'm-1' });
  say(writer.choice(0), writer);
  writer.close();
  return writer.take();
}

function whole(say: Say): Anthropic.Message {
  const collector = new AnswerCollector();
  collector.start({ model: 'm-1' });
  say(collector.choice(0), collector);
  return JSON.parse(pen.whole(collector, STAMP)) as Anthropic.Message;
}

/** As the SDK puts it together from these chunks. */
async function accumulated(chunks: Iterable<Uint8Array>): Promise<Anthropic.Message> {
  const pieces = [...chunks];
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const next = pieces.shift();
      if (next) controller.enqueue(next);
      else controller.close();
    },
  });
  const fetch = async () => new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  const client = new Anthropic({ apiKey: 'k', baseURL: 'http://a.invalid', maxRetries: 0, fetch });
  const stream: MessageStream = client.messages.stream({
    model: 'm',
    max_tokens: 1,
    messages: [{ role: 'user', content: 'Hi' }],
  });
  return stream.finalMessage();
}

const bytes = (text: string) => new TextEncoder().encode(text);
const fromStream = (say: Say) => accumulated([bytes(streamed(say))]);
const blocks = async (say: Say) => (await fromStream(say)).content;
const text = (said: string) => ({ type: 'text', text: said, citations: null });
const capsuleOf = (block: unknown) => {
  const { signature, data } = block as { signature?: string; data?: string };
  return unseal(signature ?? data ?? '');
};

const CLAUDE = { format: 'anthropic-claude-v1', issuer: 'anthropic/claude' };
const GEMINI = { type: 'reasoning.encrypted' as const, format: 'google-gemini-v1', data: 'sig', id: 'call_1' };
const USAGE: Usage = {
  prompt_tokens: 100,
  completion_tokens: 20,
  total_tokens: 120,
  prompt_tokens_details: { cached_tokens: 30, cache_write_tokens: 10 },
  completion_tokens_details: { reasoning_tokens: 5 },
  cache_creation: { ephemeral_5m: 4, ephemeral_1h: 6 },
};

interface Row {
  name: string;
  say: Say;
  content: unknown[];
}

const ROWS: Row[] = [
  {
    name: 'text',
    say: (choice) => {
      choice.text('Hello');
      choice.text('');
      choice.text(' "Zoë" 👋\n');
      choice.finish('stop', 'stop');
    },
    content: [text('Hello "Zoë" 👋\n')],
  },
  { name: 'nothing', say: (choice) => choice.finish('stop', null), content: [] },
  {
    name: 'a call, its arguments in pieces, after a word',
    say: (choice) => {
      choice.text('Look.');
      const call = choice.toolCall({ id: 'call_1', name: 'get' });
      for (const piece of ['{"a"', ':"b', '"}']) choice.toolArguments(call, piece);
      choice.finish('tool_calls', 'tool_calls');
    },
    content: [text('Look.'), { type: 'tool_use', id: 'call_1', name: 'get', input: { a: 'b' } }],
  },
  {
    name: 'a call without arguments',
    say: (choice) => {
      choice.toolCall({ id: 'call_1', name: 'get' });
      choice.finish('tool_calls', null);
    },
    content: [{ type: 'tool_use', id: 'call_1', name: 'get', input: {} }],
  },
  {
    name: 'two calls that are written at the same time',
    say: (choice) => {
      const one = choice.toolCall({ id: 'call_1', name: 'one' });
      const two = choice.toolCall({ id: 'call_2', name: 'two' });
      choice.toolArguments(one, '{"a":');
      choice.toolArguments(two, '{"b":');
      choice.toolArguments(two, '2}');
      choice.toolArguments(one, '1}');
      choice.finish('tool_calls', null);
    },
    content: [
      { type: 'tool_use', id: 'call_1', name: 'one', input: { a: 1 } },
      { type: 'tool_use', id: 'call_2', name: 'two', input: { b: 2 } },
    ],
  },
  {
    name: "Claude's thoughts, under their own signatures",
    say: (choice) => {
      choice.reasoning('Hm');
      choice.reasoning('.');
      choice.reasoningDetail({ type: 'reasoning.text', text: 'Hm.', signature: 's1', ...CLAUDE });
      choice.reasoningDetail({ type: 'reasoning.encrypted', data: 'xyz', ...CLAUDE });
      choice.reasoningDetail({ type: 'reasoning.text', text: '', signature: 's2', ...CLAUDE });
      choice.text('Yes.');
      choice.finish('stop', 'end_turn');
    },
    content: [
      { type: 'thinking', thinking: 'Hm.', signature: 's1' },
      { type: 'redacted_thinking', data: 'xyz' },
      { type: 'thinking', thinking: '', signature: 's2' },
      text('Yes.'),
    ],
  },
  {
    name: 'a cited text, whose block ends there',
    say: (choice) => {
      choice.text('Bern is old.');
      choice.annotation({
        type: 'url_citation',
        url_citation: { url: 'https://a.test', title: 'A', start_index: 0, end_index: 12 },
      });
      choice.text(' Very.');
      choice.finish('stop', null);
    },
    content: [
      {
        type: 'text',
        text: 'Bern is old.',
        citations: [
          expect.objectContaining({
            type: 'web_search_result_location',
            url: 'https://a.test',
            title: 'A',
            cited_text: 'Bern is old.',
          }),
        ],
      },
      text(' Very.'),
    ],
  },
  {
    name: 'an image, as the text that shows it',
    say: (choice) => {
      choice.image('data:image/png;base64,iVBO');
      choice.finish('stop', null);
    },
    content: [text('\n![image](data:image/png;base64,iVBO)\n')],
  },
];

describe('an answer', () => {
  it.each(ROWS)('$name: whole', ({ say, content }) => {
    expect(whole(say).content).toEqual(content);
  });

  it.each(ROWS)('$name: streamed', async ({ say, content }) => {
    expect(await blocks(say)).toEqual(content);
  });

  it.each(ROWS)('$name: collected, then streamed', async ({ say, content }) => {
    const collector = new AnswerCollector();
    say(collector.choice(0), collector);
    const again = await blocks((_, sink) => replay(collector, sink));
    const bare = (list: unknown[]) => list.filter((block) => (block as { type: string }).type === 'tool_use');
    expect(bare(again)).toEqual(bare(content));
  });

  it.each(ROWS)('$name: the same wherever its stream is cut', async ({ say }) => {
    const all = bytes(streamed(say));
    const expected = await accumulated([all]);
    const places = fc.array(fc.integer({ min: 0, max: all.length }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(places, async (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), all.length];
        const chunks = at.slice(1).map((end, index) => all.subarray(at[index], end));
        expect(await accumulated(chunks.filter(({ length }) => length > 0))).toEqual(expected);
      }),
      { numRuns: 20, seed: 7 },
    );
  });
});

describe("another provider's reasoning", () => {
  it('is in the signature, where it is known in time', async () => {
    const say: Say = (choice) => {
      choice.reasoning('Hm.');
      choice.reasoningDetail(GEMINI);
      choice.text('Yes.');
      choice.finish('stop', null);
    };
    const [thought, said] = await blocks(say);
    expect([thought, said]).toMatchObject([{ type: 'thinking', thinking: 'Hm.' }, text('Yes.')]);
    expect(capsuleOf(thought)).toEqual([GEMINI]);
    expect(whole(say).content).toEqual(await blocks(say));
  });

  it('comes hidden behind the calls, where it is not', async () => {
    const content = await blocks((choice) => {
      choice.reasoning('Hm.');
      choice.toolCall({ id: 'call_1', name: 'get' });
      choice.reasoningDetail(GEMINI);
      choice.finish('tool_calls', null);
    });
    expect(content.map(({ type }) => type)).toEqual(['thinking', 'tool_use', 'redacted_thinking']);
    expect(content.map(capsuleOf)).toEqual([[], undefined, [GEMINI]]);
  });

  it('is hidden where its words are', () => {
    const { content } = whole((choice) => {
      choice.text('Look.');
      choice.toolCall({ id: 'call_1', name: 'get' });
      choice.reasoningDetail(GEMINI);
    });
    expect(content.map(({ type }) => type)).toEqual(['text', 'redacted_thinking', 'tool_use']);
  });

  it('never stands behind the answer', async () => {
    const say: Say = (choice) => {
      choice.text('Yes.');
      choice.reasoningDetail(GEMINI);
      choice.finish('stop', null);
    };
    expect(await blocks(say)).toEqual([text('Yes.')]);
    expect(whole(say).content).toEqual([text('Yes.')]);
  });

  it('keeps the signature of Claude for other words than were shown', async () => {
    const detail = { type: 'reasoning.text' as const, text: 'All of it.', signature: 's', ...CLAUDE };
    const say: Say = (choice) => {
      choice.reasoning('Some');
      choice.reasoningDetail(detail);
      choice.text('Yes.');
    };
    const [thought] = await blocks(say);
    expect(capsuleOf(thought)).toEqual([detail]);
    expect(whole(say).content[0]).toEqual(thought);
  });
});

describe('the end', () => {
  it.each([
    ['stop', 'stop', 'end_turn'],
    ['stop', 'stop_sequence', 'stop_sequence'],
    ['stop', 'pause_turn', 'pause_turn'],
    ['length', 'length', 'max_tokens'],
    ['length', 'model_context_window_exceeded', 'model_context_window_exceeded'],
    ['tool_calls', 'end_turn', 'tool_use'],
    ['function_call', null, 'tool_use'],
    ['content_filter', 'SAFETY', 'refusal'],
    ['content_filter', 'refusal', 'refusal'],
  ] as const)('%s (%s) is %s', async (reason, native, expected) => {
    const say: Say = (choice) => choice.finish(reason, native);
    expect(whole(say).stop_reason).toBe(expected);
    expect((await fromStream(say)).stop_reason).toBe(expected);
  });

  it.each([
    ['stop', 'stop_sequence', 'END', { stop_reason: 'stop_sequence', stop_sequence: 'END' }],
    ['stop', 'stop', 'END', { stop_reason: 'stop_sequence', stop_sequence: 'END' }],
    ['stop', 'stop_sequence', undefined, { stop_reason: 'stop_sequence', stop_sequence: null }],
    ['stop', 'end_turn', undefined, { stop_reason: 'end_turn', stop_sequence: null }],
    ['length', 'max_tokens', 'END', { stop_reason: 'max_tokens', stop_sequence: null }],
  ] as const)('%s (%s) at %s names the stop sequence', async (reason, native, stopSequence, expected) => {
    const say: Say = (choice) => choice.finish(reason, native, { stopSequence });
    expect(whole(say)).toMatchObject(expected);
    expect(await fromStream(say)).toMatchObject(expected);
  });

  it('a model that declines says why', async () => {
    const say: Say = (choice) => {
      choice.refusal('I ');
      choice.refusal('will not.');
      choice.finish('stop', 'stop');
    };
    const details = { type: 'refusal', category: null, explanation: 'I will not.' };
    expect(whole(say)).toMatchObject({ content: [], stop_reason: 'refusal', stop_details: details });
    expect(await fromStream(say)).toMatchObject({ content: [], stop_reason: 'refusal', stop_details: details });
  });
});

describe('the usage', () => {
  const say: Say = (choice, sink) => {
    choice.text('Hi');
    choice.finish('stop', null);
    sink.usage(USAGE);
  };
  const counted = {
    input_tokens: 60,
    cache_read_input_tokens: 30,
    cache_creation_input_tokens: 10,
    output_tokens: 20,
    output_tokens_details: { thinking_tokens: 5 },
  };

  it('has what the cache did beside the input', async () => {
    const split = { ephemeral_5m_input_tokens: 4, ephemeral_1h_input_tokens: 6 };
    expect(whole(say).usage).toMatchObject({ ...counted, cache_creation: split });
    expect((await fromStream(say)).usage).toMatchObject(counted);
  });

  it('is in the first event, where it is known so early', () => {
    const [first] = streamed((choice, sink) => {
      sink.usage(USAGE);
      say(choice, sink);
    }).split('\n\n');
    expect(JSON.parse(first?.split('data: ')[1] ?? '')).toMatchObject({ message: { usage: { input_tokens: 60 } } });
  });
});

describe('an error', () => {
  it.each([
    ['invalid_request', 'invalid_request_error'],
    ['unauthenticated', 'authentication_error'],
    ['forbidden', 'permission_error'],
    ['model_not_found', 'not_found_error'],
    ['request_too_large', 'request_too_large'],
    ['limited', 'rate_limit_error'],
    ['budget', 'rate_limit_error'],
    ['overload', 'overloaded_error'],
    ['no_candidate', 'overloaded_error'],
    ['deadline', 'timeout_error'],
    ['fault', 'api_error'],
    ['internal', 'api_error'],
  ] as const)('of the kind %s is an %s', (kind, type) => {
    expect(MESSAGES.refusal(new GatewayError(kind, 'Why', { param: 'model' }))).toEqual({
      type: 'error',
      error: {
        type,
        message: 'Why',
        details: { error_code: expect.any(String), origin: expect.any(String), param: 'model' },
      },
    });
  });
});

describe('a stream', () => {
  it('has Anthropic’s events in Anthropic’s order', () => {
    const names = streamed((choice) => {
      choice.reasoning('Hm.');
      choice.text('Yes.');
      const call = choice.toolCall({ id: 'call_1', name: 'get' });
      choice.toolArguments(call, '{}');
      choice.finish('tool_calls', null);
    }).matchAll(/^event: (\w+)\ndata: \{"type": ?"(\w+)"(?:,"index":(\d))?/gm);
    expect(
      [...names].map(([, event, type, index]) => [event === type ? event : 'differs', index].join(' ').trim()),
    ).toEqual([
      'message_start',
      'content_block_start 0',
      'ping',
      'content_block_delta 0',
      'content_block_delta 0',
      'content_block_stop 0',
      'content_block_start 1',
      'content_block_delta 1',
      'content_block_stop 1',
      'content_block_start 2',
      'content_block_delta 2',
      'content_block_stop 2',
      'message_delta',
      'message_stop',
    ]);
  });

  it('goes on with the next call as soon as the one before is whole', () => {
    const writer = pen.stream({ ...STAMP, includeUsage: true });
    const choice = writer.choice(0);
    const one = choice.toolCall({ id: 'call_1', name: 'one' });
    const two = choice.toolCall({ id: 'call_2', name: 'two' });
    choice.toolArguments(two, '{"b":2}');
    choice.toolArguments(one, '{"a":');
    expect(writer.take()).not.toContain('call_2');
    choice.toolArguments(one, '1}');
    expect(writer.take()).toMatch(/content_block_stop[^]+call_2[^]+\{\\"b\\":2\}/);
  });

  it('gives whole frames, and each once', () => {
    const writer = pen.stream({ ...STAMP, includeUsage: true });
    const choice = writer.choice(0);
    const taken: string[] = [];
    for (const word of ['a', 'b', 'c']) {
      choice.text(word);
      taken.push(writer.take());
    }
    choice.finish('stop', null);
    writer.close();
    taken.push(writer.take(), writer.take());
    expect(taken.every((frames) => frames === '' || frames.endsWith('\n\n'))).toBe(true);
    expect(taken.join('').match(/text_delta/g)).toHaveLength(3);
    expect(taken.at(-1)).toBe('');
  });

  it('tells what the router has to tell in its last event but one', () => {
    const writer = pen.stream({ ...STAMP, includeUsage: true });
    writer.choice(0).finish('stop', null);
    writer.extension = { continued: true };
    writer.close();
    expect(writer.take()).toContain('"signalbox":{"continued":true}}\n\nevent: message_stop');
  });

  it('that breaks off raises in the SDK', async () => {
    const writer = pen.stream({ ...STAMP, includeUsage: true });
    writer.choice(0).text('half');
    const broken = writer.take() + pen.broken(new GatewayError('overload', 'Busy'));
    await expect(accumulated([bytes(broken)])).rejects.toMatchObject({ type: 'overloaded_error', apiMessage: 'Busy' });
  });
});

it('tells the tier of service in whole answers and in those said again', () => {
  const collector = new AnswerCollector();
  collector.start({ model: 'm-1', serviceTier: 'priority' });
  collector.choice(0).text('Hi');
  collector.choice(0).finish('stop', null);
  const again = new AnswerCollector();
  replay(collector, again);
  for (const answer of [collector, again]) {
    const { usage } = JSON.parse(pen.whole(answer, STAMP)) as Anthropic.Message;
    expect(usage.service_tier).toBe('priority');
  }
});
