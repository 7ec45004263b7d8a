import fc from 'fast-check';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { AnswerCollector } from '../../../src/answers/collector.ts';
import type { AnswerSink, ChoiceSink } from '../../../src/core/answer.ts';
import type { Usage } from '../../../src/core/chat.ts';
import { GatewayError } from '../../../src/core/errors.ts';
import { unseal } from '../../../src/doors/capsule.ts';
import { openRecording } from '../../../src/doors/responses/door.ts';

const ASKED = {
  limits: { maxBodyBytes: 1e6, maxMessages: 50, maxDepth: 32 },
  header: () => undefined,
  param: () => undefined,
};
const USAGE: Usage = {
  prompt_tokens: 10,
  completion_tokens: 4,
  total_tokens: 14,
  prompt_tokens_details: { cached_tokens: 3 },
  completion_tokens_details: { reasoning_tokens: 2 },
};
const THOUGHT = { type: 'reasoning.text' as const, format: 'anthropic-claude-v1', text: 'hm', signature: 's' };
const ID = `resp_${'0'.repeat(48)}`;
const newId = (prefix: string, length: number) => prefix + '0'.repeat(length);
const stamp = { newId, createdSeconds: 7, model: 'upstream-model', includeUsage: false };

type Event = { type: string; sequence_number: number } & Record<string, never>;

const pieces = (text: string) => text.split(/(?<=\n\n)/).filter(Boolean);
const eventsOf = (text: string): Event[] =>
  pieces(text).map((frame) => {
    const [name = '', data = ''] = frame.trimEnd().split('\n');
    const event = JSON.parse(data.slice('data: '.length)) as Event;
    expect(name).toBe(`event: ${event.type}`);
    return event;
  });

const open = (body: object = {}) => {
  const recording = openRecording({ newId });
  const entry = recording.door.read(JSON.stringify({ model: 'm', input: 'Hi', ...body }), ASKED);
  return { recording, pen: entry.pen };
};
const finished = (say: (choice: ChoiceSink) => void) => (sink: AnswerSink) => {
  sink.start({ model: 'gpt-x', serviceTier: 'default' });
  say(sink.choice(0));
  sink.usage(USAGE);
};
const streamed = (body: object, say: (choice: ChoiceSink) => void) => {
  const { pen, recording } = open(body);
  const writer = pen.stream(stamp);
  finished(say)(writer);
  writer.close();
  const text = writer.take();
  return { text, events: eventsOf(text), recording };
};
const whole = (body: object, say: (choice: ChoiceSink) => void) => {
  const { pen, recording } = open(body);
  const collector = new AnswerCollector();
  finished(say)(collector);
  const text = pen.whole(collector, stamp);
  return { text, response: JSON.parse(text) as OpenAI.Responses.Response, recording };
};
const lastOf = (events: Event[]) => (events.at(-1) as unknown as { response: OpenAI.Responses.Response }).response;

const FUNCTION = { type: 'function', name: 'f', parameters: { type: 'object' } };
const SUMMARY = { reasoning: { summary: 'auto' }, include: ['reasoning.encrypted_content'] };

const call = (choice: ChoiceSink, name: string, ...written: string[]) => {
  const number = choice.toolCall({ id: `call_${name}`, name });
  for (const piece of written) choice.toolArguments(number, piece);
};

/** `late`: a whole answer has its reasoning in front. */
const orders: {
  name: string;
  body?: object;
  say: (choice: ChoiceSink) => void;
  order: string[];
  late?: true;
}[] = [
  {
    name: 'a text',
    say: (choice) => {
      choice.text('a');
      choice.text('b');
      choice.finish('stop', 'end');
    },
    order: [
      'output_item.added',
      'content_part.added',
      'output_text.delta',
      'output_text.delta',
      'output_text.done',
      'content_part.done',
      'output_item.done',
      'completed',
    ],
  },
  {
    name: 'a thought that is shown, and its text',
    body: SUMMARY,
    say: (choice) => {
      choice.reasoning('h');
      choice.reasoning('m');
      choice.reasoningDetail(THOUGHT);
      choice.text('a');
      choice.finish('stop', null);
    },
    order: [
      'output_item.added',
      'reasoning_summary_part.added',
      'reasoning_summary_text.delta',
      'reasoning_summary_text.delta',
      'reasoning_summary_text.done',
      'reasoning_summary_part.done',
      'output_item.done',
      'output_item.added',
      'content_part.added',
      'output_text.delta',
      'output_text.done',
      'content_part.done',
      'output_item.done',
      'completed',
    ],
  },
  {
    name: 'a thought that is not shown',
    say: (choice) => {
      choice.reasoning('hm');
      choice.finish('length', null);
    },
    order: ['output_item.added', 'output_item.done', 'incomplete'],
  },
  {
    name: 'a refusal',
    say: (choice) => {
      choice.refusal('no');
      choice.finish('stop', null);
    },
    order: [
      'output_item.added',
      'content_part.added',
      'refusal.delta',
      'refusal.done',
      'content_part.done',
      'output_item.done',
      'completed',
    ],
  },
  {
    name: 'two calls, written at once',
    body: { tools: [FUNCTION, { ...FUNCTION, name: 'g' }] },
    say: (choice) => {
      const one = choice.toolCall({ id: 'c1', name: 'f' });
      const two = choice.toolCall({ id: 'c2', name: 'g' });
      choice.toolArguments(two, '{}');
      choice.toolArguments(one, '{}');
      choice.finish('tool_calls', null);
    },
    order: [
      'output_item.added',
      'output_item.added',
      'function_call_arguments.delta',
      'function_call_arguments.delta',
      'function_call_arguments.done',
      'output_item.done',
      'function_call_arguments.done',
      'output_item.done',
      'completed',
    ],
  },
  {
    name: 'a custom tool’s input, out of its wrapping',
    body: { tools: [{ type: 'custom', name: 'patch' }] },
    say: (choice) => {
      call(choice, 'patch', '{"inp', 'ut":"x\\ny"}');
      choice.finish('tool_calls', null);
    },
    order: [
      'output_item.added',
      'custom_tool_call_input.delta',
      'custom_tool_call_input.done',
      'output_item.done',
      'completed',
    ],
  },
  {
    name: 'a citation',
    say: (choice) => {
      choice.text('a');
      choice.annotation({ type: 'url_citation', url_citation: { url: 'u', title: 't', start_index: 0, end_index: 1 } });
      choice.finish('stop', null);
    },
    order: [
      'output_item.added',
      'content_part.added',
      'output_text.delta',
      'output_text.annotation.added',
      'output_text.done',
      'content_part.done',
      'output_item.done',
      'completed',
    ],
  },
  {
    name: 'nothing at all',
    say: (choice) => choice.finish('stop', null),
    order: ['completed'],
  },
  {
    name: 'a picture',
    say: (choice) => {
      choice.image('data:image/png;base64,AAAA');
      choice.finish('stop', null);
    },
    order: ['output_item.added', 'output_item.done', 'completed'],
  },
  {
    name: 'reasoning that is signed behind the answer',
    late: true,
    body: SUMMARY,
    say: (choice) => {
      choice.text('a');
      choice.reasoningDetail(THOUGHT);
      choice.finish('stop', null);
    },
    order: [
      'output_item.added',
      'content_part.added',
      'output_text.delta',
      'output_text.done',
      'content_part.done',
      'output_item.done',
      'output_item.added',
      'output_item.done',
      'completed',
    ],
  },
];

describe('events', () => {
  it.each(orders)('$name', ({ body = {}, say, order, late }) => {
    const { events } = streamed(body, say);
    expect(events.map(({ type }) => type)).toEqual(
      ['created', 'in_progress', ...order].map((name) => `response.${name}`),
    );
    expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, index) => index));
    const { response } = whole(body, say);
    const output = late ? response.output.toReversed() : response.output;
    expect(lastOf(events).output.map(({ type }) => type)).toEqual(output.map(({ type }) => type));
  });
});

const items: { name: string; body?: object; say: (choice: ChoiceSink) => void; output: object[]; response?: object }[] =
  [
    {
      name: 'a function’s call',
      body: { tools: [FUNCTION] },
      say: (choice) => {
        call(choice, 'f', '{"a"', ':1}');
        choice.finish('tool_calls', null);
      },
      output: [
        {
          id: `fc_${'0'.repeat(48)}_0`,
          type: 'function_call',
          call_id: 'call_f',
          name: 'f',
          arguments: '{"a":1}',
          status: 'completed',
        },
      ],
      response: {
        status: 'completed',
        usage: {
          input_tokens: 10,
          input_tokens_details: { cached_tokens: 3 },
          output_tokens: 4,
          output_tokens_details: { reasoning_tokens: 2 },
          total_tokens: 14,
        },
      },
    },
    {
      name: 'a call without arguments has none, as JSON',
      body: { tools: [FUNCTION] },
      say: (choice) => {
        call(choice, 'f');
        choice.finish('tool_calls', null);
      },
      output: [{ arguments: '{}' }],
    },
    {
      name: 'a call in a namespace',
      body: { tools: [{ type: 'namespace', name: 'crm', description: '', tools: [FUNCTION] }] },
      say: (choice) => {
        call(choice, 'crm__f', '{}');
        choice.finish('tool_calls', null);
      },
      output: [{ type: 'function_call', namespace: 'crm', name: 'f' }],
    },
    {
      name: 'a custom tool’s call',
      body: { tools: [{ type: 'custom', name: 'patch' }] },
      say: (choice) => {
        call(choice, 'patch', '{"input":"*** Begin"}');
        choice.finish('tool_calls', null);
      },
      output: [{ type: 'custom_tool_call', call_id: 'call_patch', name: 'patch', input: '*** Begin' }],
    },
    {
      name: 'a custom tool’s call without its wrapping',
      body: { tools: [{ type: 'custom', name: 'patch' }] },
      say: (choice) => {
        call(choice, 'patch', '*** Begin');
        choice.finish('tool_calls', null);
      },
      output: [{ type: 'custom_tool_call', input: '*** Begin' }],
    },
    {
      name: 'a local shell’s call',
      body: { tools: [{ type: 'local_shell' }] },
      say: (choice) => {
        call(choice, 'local_shell', '{"command":["ls"],"timeout_ms":5}');
        choice.finish('tool_calls', null);
      },
      output: [
        {
          type: 'local_shell_call',
          call_id: 'call_local_shell',
          action: { type: 'exec', command: ['ls'], env: {}, timeout_ms: 5 },
        },
      ],
    },
    {
      name: 'a local shell’s call in one line',
      body: { tools: [{ type: 'local_shell' }] },
      say: (choice) => {
        call(choice, 'local_shell', '{"command":"ls -l"}');
        choice.finish('tool_calls', null);
      },
      output: [{ action: { command: ['bash', '-lc', 'ls -l'] } }],
    },
    {
      name: 'a shell’s call',
      body: { tools: [{ type: 'shell' }] },
      say: (choice) => {
        call(choice, 'shell', '{"commands":["ls","pwd"]}');
        choice.finish('tool_calls', null);
      },
      output: [{ type: 'shell_call', action: { commands: ['ls', 'pwd'], timeout_ms: null } }],
    },
    {
      name: 'a patch',
      body: { tools: [{ type: 'apply_patch' }] },
      say: (choice) => {
        call(choice, 'apply_patch', '{"type":"delete_file","path":"a"}');
        choice.finish('tool_calls', null);
      },
      output: [{ type: 'apply_patch_call', operation: { type: 'delete_file', path: 'a' } }],
    },
    {
      name: 'probabilities beside their text',
      body: { include: ['message.output_text.logprobs'] },
      say: (choice) => {
        choice.text('a');
        choice.logprobs({ content: [{ token: 'a', bytes: null, logprob: -1, top_logprobs: [] }], refusal: null });
        choice.finish('stop', null);
      },
      output: [{ content: [{ text: 'a', logprobs: [{ token: 'a', bytes: [], logprob: -1, top_logprobs: [] }] }] }],
    },
    {
      name: 'a citation of what OpenAI cannot cite',
      say: (choice) => {
        choice.text('a');
        choice.citation({ type: 'page_location', page: 1 });
        choice.finish('stop', null);
      },
      output: [{ type: 'message', citations: [{ type: 'page_location', page: 1 }] }],
    },
    {
      name: 'a picture',
      say: (choice) => {
        choice.image('data:image/png;base64,AAAA');
        choice.finish('stop', null);
      },
      output: [{ type: 'image_generation_call', status: 'completed', result: 'AAAA', output_format: 'png' }],
    },
    {
      name: 'an answer that the limit cut',
      say: (choice) => {
        choice.text('a');
        choice.finish('length', null);
      },
      output: [{ type: 'message', status: 'incomplete' }],
      response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, error: null },
    },
    {
      name: 'an answer that was filtered',
      say: (choice) => choice.finish('content_filter', null),
      output: [],
      response: { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
    },
  ];

describe('items', () => {
  it.each(items)('$name', ({ body = {}, say, output, response = {} }) => {
    const { response: said } = whole(body, say);
    expect(said.output).toMatchObject(output);
    expect(said).toMatchObject({ id: ID, model: 'gpt-x', created_at: 7, service_tier: 'default', ...response });
    expect(lastOf(streamed(body, say).events)).toEqual(said);
  });

  const think = (choice: ChoiceSink) => {
    choice.reasoning('hm');
    choice.reasoningDetail(THOUGHT);
    choice.finish('stop', null);
  };

  it('reasoning goes out in a capsule where it is asked for', () => {
    const [item] = whole(SUMMARY, think).response.output;
    expect(item).toMatchObject({ type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }] });
    expect(unseal(item?.type === 'reasoning' ? (item.encrypted_content ?? '') : '')).toEqual([THOUGHT]);
  });

  it('reasoning that is not asked for is kept all the same', () => {
    for (const { text, recording } of [whole({}, think), streamed({}, think)]) {
      expect(text).not.toContain('signalboxV01');
      const kept = recording.kept(text.startsWith('{') ? text : undefined);
      expect(kept?.response.output).toMatchObject([
        { type: 'reasoning', encrypted_content: expect.stringMatching(/^signalboxV01/) as string },
      ]);
      expect(recording.over).toBe(!text.startsWith('{'));
    }
  });

  it('a server that signs nothing has its own words back', () => {
    const { response } = whole(SUMMARY, (choice) => {
      choice.reasoning('hm');
      choice.finish('stop', null);
    });
    const { pen: _, ...entry } = openRecording({ newId }).door.read(
      JSON.stringify({ model: 'm', input: [...response.output, { role: 'assistant', content: 'a' }] }),
      ASKED,
    );
    expect(entry.request.messages).toEqual([{ role: 'assistant', content: 'a', reasoning_content: 'hm' }]);
  });

  it('a call that is gone back to is a fault', () => {
    expect(() =>
      streamed({ tools: [FUNCTION] }, (choice) => {
        const number = choice.toolCall({ id: 'c', name: 'f' });
        choice.text('a');
        choice.toolArguments(number, '{}');
      }),
    ).toThrow('went back');
  });
});

const cause = new GatewayError('truncated', 'cut');

describe('a stream that breaks off', () => {
  it('says so to OpenAI’s SDKs and to Codex, in its own numbers, and keeps what was said', () => {
    const { pen, recording } = open();
    const writer = pen.stream(stamp);
    writer.start({ model: 'gpt-x' });
    writer.choice(0).text('a');
    const before = eventsOf(writer.take());
    const [error, failed] = eventsOf(pen.broken(cause)) as unknown as Record<string, unknown>[];
    expect(error).toMatchObject({ type: 'error', sequence_number: before.length, error: { message: 'cut' } });
    expect(failed).toMatchObject({
      type: 'response.failed',
      sequence_number: before.length + 1,
      response: {
        id: ID,
        status: 'failed',
        error: { code: cause.code },
        output: [{ status: 'incomplete', content: [{ text: 'a' }] }],
      },
    });
    expect(recording.kept()?.response).toMatchObject({ id: ID, status: 'failed' });
  });

  it('goes on in the numbers of what has passed', () => {
    const { pen, recording } = open();
    pen.heard?.(
      '{"type":"response.created","sequence_number":0,"response":{"id":"resp_x","status":"in_progress","output":[]}}',
    );
    pen.heard?.('{"type":"response.output_text.delta","sequence_number":5,"delta":"a"}');
    const events = eventsOf(pen.broken(cause)) as unknown as Record<string, unknown>[];
    expect(events).toMatchObject([
      { sequence_number: 6 },
      { sequence_number: 7, response: { id: 'resp_x', status: 'failed' } },
    ]);
    expect(recording.kept()?.response).toMatchObject({ id: 'resp_x', status: 'failed' });
  });

  it('is an error where nothing was said', () => {
    expect(eventsOf(open().pen.broken(cause)).map(({ type }) => type)).toEqual(['error']);
  });
});

describe('what passed', () => {
  it('is kept as the client asked for it', () => {
    const { pen, recording } = open({ metadata: { a: 'b' } });
    pen.heard?.('{"type":"response.output_text.delta","delta":"\\"response\\": {"}');
    expect(recording.over).toBe(false);
    pen.heard?.(
      '{"type":"response.completed","response":{"id":"resp_x","status":"completed","store":false,"output":[]}}',
    );
    expect(recording.over).toBe(true);
    expect(recording.kept()).toMatchObject({
      response: { id: 'resp_x', store: true },
      input: [{ role: 'user', content: [{ type: 'input_text', text: 'Hi' }] }],
    });
  });

  it('is kept under the id that was given before', () => {
    const recording = openRecording({ newId, id: 'resp_early' });
    const { original } = recording.door.read('{"model":"m","input":"Hi","background":true}', ASKED);
    expect(JSON.parse(original.text)).toEqual({ model: 'm', input: 'Hi' });
    expect(recording.kept('{"id":"resp_late","status":"completed","output":[]}')?.response.id).toBe('resp_early');
  });
});

/** What a model may do, in any order. */
const step = fc.oneof(
  fc.record({ do: fc.constant('text' as const), text: fc.string({ minLength: 1, unit: 'grapheme' }) }),
  fc.record({ do: fc.constant('reasoning' as const), text: fc.string({ minLength: 1 }) }),
  fc.record({ do: fc.constant('detail' as const), text: fc.string() }),
  fc.record({
    do: fc.constant('call' as const),
    name: fc.constantFrom('f', 'patch', 'local_shell', 'shell', 'apply_patch'),
    text: fc.json(),
  }),
  fc.record({ do: fc.constant('refusal' as const), text: fc.string({ minLength: 1 }) }),
  fc.record({ do: fc.constant('image' as const), text: fc.base64String() }),
);
const TOOLS = [
  FUNCTION,
  { type: 'custom', name: 'patch' },
  { type: 'local_shell' },
  { type: 'shell' },
  { type: 'apply_patch' },
];

describe('the SDK', () => {
  it('reads the same from any stream, however it is cut, as stands in its last event', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 8 }),
        fc.array(fc.nat({ max: 5000 }), { maxLength: 6 }),
        fc.constantFrom('stop' as const, 'length' as const),
        async (steps, cuts, reason) => {
          const { text, events } = streamed({ tools: TOOLS, ...SUMMARY }, (choice) => {
            for (const [index, { do: what, ...rest }] of steps.entries()) {
              if (what === 'detail') choice.reasoningDetail({ ...THOUGHT, text: rest.text });
              else if (what === 'image') choice.image(`data:image/png;base64,${rest.text}`);
              else if (what !== 'call') choice[what](rest.text);
              else
                choice.toolArguments(
                  choice.toolCall({ id: `call_${index}`, name: 'name' in rest ? rest.name : '' }),
                  rest.text,
                );
            }
            choice.finish(reason, null);
          });
          const bytes = new TextEncoder().encode(text);
          const places = [0, ...cuts.map((cut) => cut % bytes.length).toSorted((a, b) => a - b), bytes.length];
          const body = new ReadableStream<Uint8Array>({
            start(controller) {
              for (const [index, place] of places.slice(1).entries())
                controller.enqueue(bytes.slice(places[index], place));
              controller.close();
            },
          });
          const fetch = () => Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }));
          const client = new OpenAI({ apiKey: 'k', fetch, maxRetries: 0 });
          const read = await client.responses.stream({ model: 'm', input: 'Hi' }).finalResponse();
          expect(withoutParsed(read)).toEqual(withoutParsed(lastOf(events)));
        },
      ),
      { numRuns: 150 },
    );
  });
});

/** What the SDK adds of its own. */
function withoutParsed(response: unknown): unknown {
  const text = JSON.stringify(response, (key, value: unknown) =>
    ['parsed', 'parsed_arguments', 'output_parsed', 'output_text'].includes(key) ? undefined : value,
  );
  return JSON.parse(text);
}
