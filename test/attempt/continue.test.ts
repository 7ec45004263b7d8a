import { describe, expect, it } from 'vitest';
import { Departure } from '../../src/core/departure.ts';
import type { ChatRequest } from '../../src/core/chat.ts';
import { ResponsesPen } from '../../src/doors/responses/pen.ts';
import { answerStream } from '../../src/gateway/gateway.ts';
import { ask, type Ending, inbound, type Manner, type Scene, stage, WIRES, type WireName } from './breaking.ts';

const ANSWER = [
  'The storm came  at night, and the storm went at night.\n\n',
  '| a | b |\n| --- | --- |\n| --- | --- |\n',
  '    indented, ha ha ha ha, "quoted" \\ and 😀😀 done.\n',
].join('');
const NAMES: WireName[] = ['anthropic', 'openai'];
const ENDINGS: Ending[] = ['clean', 'reset', 'stalled', 'error'];
const scene = (more: Partial<Scene> = {}): Scene => ({
  answer: ANSWER,
  first: 'anthropic',
  second: 'openai',
  manners: [],
  ...more,
});
/** Breaks off behind its opening and so many words. */
const broken = (words = 8, more: Manner = {}): Manner => ({ events: 2 + words, ending: 'reset', ...more });

/** Nothing is held: each provider takes one call at a time, and the next two requests find both free. */
async function isFree({ gateway, heard }: ReturnType<typeof stage>): Promise<void> {
  const before = heard.length;
  const seen = await Promise.all([ask(gateway), ask(gateway)]);
  expect(seen).toMatchObject([{ text: ANSWER }, { text: ANSWER }]);
  const hosts = heard.slice(before).map(({ host }) => host);
  expect(hosts.toSorted()).toEqual(['first.invalid', 'second.invalid']);
}

describe.each(NAMES)('a stream of %s, cut at every event', (first) => {
  it.each(NAMES.flatMap((second) => ENDINGS.map((ending) => ({ second, ending }))))(
    'is the unbroken text when $second goes on (ending: $ending)',
    async ({ second, ending }) => {
      const all = WIRES[first].events(ANSWER, {}).length;
      for (let events = 0; events < all; events++) {
        const staged = stage(scene({ first, second, manners: [{ events, ending }] }));
        const { gateway, books } = staged;
        const seen = await ask(gateway);
        expect({ events, ...seen }).toMatchObject({
          events,
          text: ANSWER,
          roles: 1,
          ids: 1,
          models: 1,
          finish: 'stop',
          finishes: 1,
          isDone: true,
          error: undefined,
        });
        expect(books).toMatchObject([{ outcome: 'ok', finishReason: 'stop' }]);
        await isFree(staged);
      }
    },
  );

  it.each([
    { name: 'goes on by itself', model: 'claude-haiku-4-5' },
    { name: 'is told to', model: 'claude-sonnet-5' },
  ])('is the unbroken text when the same one, alone, $name', async ({ model }) => {
    for (let events = 3; events < 12; events++) {
      const manners = [{ events, ending: 'reset' as const }, { status: 500 }, {}];
      const models = { first: model, second: model };
      const { gateway, heard } = stage(
        scene({ first, second: 'openai', manners, models, yaml: 'reliability: { maxCalls: 4 }' }),
      );
      expect(await ask(gateway)).toMatchObject({ text: ANSWER, error: undefined });
      expect(heard.map(({ host }) => host)).toEqual(['first.invalid', 'second.invalid', 'first.invalid']);
    }
  });
});

describe('the request for the rest', () => {
  it('ends with the words of the model that goes on by itself, but for whitespace', async () => {
    const { gateway, heard } = stage(scene({ first: 'openai', second: 'anthropic', manners: [broken(7)] }));
    await ask(gateway, { max_tokens: 100 });
    expect(ANSWER.slice(0, 56)).toMatch(/\s$/);
    expect(heard[1]).toMatchObject({
      messages: [{ content: 'Tell me.' }, { role: 'assistant', content: ANSWER.slice(0, 56).trimEnd() }],
    });
    expect(heard[1]?.messages).toHaveLength(2);
  });

  it('tells another model which words to begin with', async () => {
    const { gateway, heard } = stage(scene({ manners: [broken(20)] }));
    await ask(gateway);
    const [question, said, told] = heard[1]?.messages ?? [];
    expect(question?.content).toBe('Tell me.');
    expect(said).toEqual({ role: 'assistant', content: ANSWER.slice(0, 140) });
    expect(told?.role).toBe('user');
    expect(told?.content).toContain('cut off');
    expect(told?.content).toMatch(/<last_words>.{40,80}<\/last_words>$/s);
  });

  it('asks for fewer tokens by what was said', async () => {
    const { gateway, heard } = stage(scene({ second: 'anthropic', manners: [broken(20)] }));
    await ask(gateway, { max_tokens: 100 });
    expect(heard.map((asked) => asked['max_tokens'])).toEqual([100, 65]);
  });

  it("is one turn with the client's own beginning of it", async () => {
    const { gateway, heard } = stage(scene({ second: 'anthropic', manners: [broken(8)] }));
    await ask(gateway, {
      messages: [
        { role: 'user', content: 'Go.' },
        { role: 'assistant', content: 'Well: ' },
      ],
    });
    expect(heard[1]?.messages.at(-1)?.content).toMatch(/^Well: torm came/);
  });
});

describe('a continued answer', () => {
  it('says so in its last chunk, and sums up what was used', async () => {
    const { gateway, books } = stage(scene({ manners: [broken(8)] }));
    const seen = await ask(gateway);
    expect(seen.extension).toEqual({
      continued: [{ deployment: 'second/claude-haiku-4-5', after_characters: 56, reason: 'truncated' }],
    });
    expect(seen.usage).toMatchObject({ prompt_tokens: 20, completion_tokens: 14 + 20 });
    expect(books).toMatchObject([
      {
        deployment: 'second/claude-haiku-4-5',
        outcome: 'ok',
        usage: { prompt_tokens: 20, completion_tokens: 34 },
        attempts: [
          { deployment: 'first/claude-haiku-4-5', outcome: 'truncated' },
          { deployment: 'second/claude-haiku-4-5', outcome: 'ok' },
        ],
      },
    ]);
    expect(books[0]?.costUsd).toBeCloseTo((10 * 1 + 14 * 10 + 10 * 2 + 20 * 20) / 1e6, 12);
  });

  it('says so even where its rest comes at once, in one piece with its end', async () => {
    const { gateway } = stage(scene({ manners: [broken(8), { atOnce: true }] }));
    expect(await ask(gateway)).toMatchObject({ text: ANSWER, extension: { continued: [{ after_characters: 56 }] } });
  });

  it('keeps what an attempt at its rest said in one piece with its failure', async () => {
    const failing = { events: 10, ending: 'error', atOnce: true } as const;
    const { gateway } = stage(scene({ manners: [broken(8), failing, {}] }));
    const { text, extension } = await ask(gateway);
    expect(text).toBe(ANSWER);
    expect(extension?.continued.map(({ after_characters: after }) => after)).toEqual([56, 63]);
  });

  it('is in the response as the client has read it', async () => {
    const failing = { events: 10, ending: 'error', atOnce: true } as const;
    const { gateway } = stage(scene({ manners: [broken(8), failing, {}] }));
    const wanted = { summary: false, logprobs: false, origins: new Map<string, never>() };
    const pen = new ResponsesPen({ body: { model: 'one', input: 'Tell me.' }, wanted });
    const { body } = await answerStream(gateway, { ...inbound({}, new Departure()), pen });
    const frames: string[] = [];
    for await (const piece of body) frames.push(String(piece));
    const sequence = [...frames.join('').matchAll(/"sequence_number":(\d+)/g)].map(([, number]) => Number(number));
    expect(sequence).toEqual([...sequence.keys()]);
    expect(pen.ended?.output).toMatchObject([{ type: 'message', content: [{ text: ANSWER }] }]);
  });

  it('may break once more, and go on once more', async () => {
    const staged = stage(scene({ manners: [broken(6), broken(14), {}] }));
    const { gateway, books } = staged;
    const seen = await ask(gateway);
    expect(seen).toMatchObject({ text: ANSWER, roles: 1, error: undefined });
    expect(seen.extension?.continued.map(({ deployment }) => deployment)).toEqual([
      'second/claude-haiku-4-5',
      'second/claude-haiku-4-5',
    ]);
    expect(books[0]?.attempts.map(({ outcome }) => outcome)).toEqual(['truncated', 'truncated', 'ok']);
    await isFree(staged);
  });

  it('keeps its thoughts before it, and gets no new ones', async () => {
    const { gateway } = stage(scene({ first: 'openai', manners: [{ ...broken(8), thinks: true }, { thinks: true }] }));
    expect(await ask(gateway)).toMatchObject({ text: ANSWER, reasoning: 'Hm.', error: undefined });
  });

  it('may end in a tool call', async () => {
    const { gateway } = stage(scene({ second: 'anthropic', manners: [broken(8), { tool: true }] }));
    expect(await ask(gateway)).toMatchObject({ text: ANSWER, finish: 'tool_calls', error: undefined });
  });

  it('goes on where the model says the very same again from the start', async () => {
    for (const second of NAMES) {
      const { gateway } = stage(scene({ second, manners: [broken(20), { says: (answer) => answer }] }));
      expect(await ask(gateway)).toMatchObject({ text: ANSWER, error: undefined });
    }
  });
});

describe('what is not continued ends in the error of the break', () => {
  const IN_TOOL_CALL = WIRES.anthropic.events(ANSWER, { tool: true }).length - 4;
  const JSON_MODE = { response_format: { type: 'json_object' } } as const;
  const other = () => 'Sure! Here is another answer, which has nothing to do with the one before it.';
  const table: {
    name: string;
    manners: Manner[];
    more?: Partial<ChatRequest>;
    calls: number;
    scene?: Partial<Scene>;
  }[] = [
    { name: 'a break where the operator wants an error', manners: [broken()], calls: 1, scene: { onBreak: 'error' } },
    { name: 'a tool call that has begun', manners: [{ events: IN_TOOL_CALL, ending: 'reset', tool: true }], calls: 1 },
    { name: 'a thought that is not over', manners: [{ events: 3, ending: 'reset', thinks: true }], calls: 1 },
    { name: 'JSON', manners: [broken()], more: JSON_MODE, calls: 1, scene: { first: 'openai' } },
    {
      name: 'a demanded tool call',
      manners: [broken()],
      more: { tool_choice: 'required', tools: [{ type: 'function', function: { name: 'look' } }] },
      calls: 1,
      scene: { first: 'openai' },
    },
    { name: 'log probabilities', manners: [broken()], more: { logprobs: true }, calls: 1, scene: { first: 'openai' } },
    { name: 'several answers', manners: [broken()], more: { n: 2 }, calls: 1, scene: { first: 'openai' } },
    { name: 'an answer that both have lost', manners: [broken(), { status: 500 }, { status: 500 }], calls: 3 },
    {
      name: 'the third break',
      manners: [broken(4), broken(6), broken(6)],
      calls: 3,
      scene: { yaml: 'reliability: { maxCalls: 9 }' },
    },
    {
      name: 'a break after the last call',
      manners: [broken()],
      calls: 1,
      scene: { yaml: 'reliability: { maxCalls: 1 }' },
    },
    {
      name: 'a break after the money',
      manners: [broken()],
      calls: 1,
      scene: { yaml: 'reliability: { maxCostUsd: 0.000001 }' },
    },
    {
      name: 'a break after the retry budget',
      manners: [broken()],
      calls: 1,
      scene: { yaml: 'reliability: { retryBudget: { percent: 0, perSecond: 0 } }' },
    },
    { name: 'an instruction that nobody follows', manners: [broken(20), { says: other }, { says: other }], calls: 3 },
    {
      name: 'a model that begins anew in other words',
      manners: [
        broken(20),
        ...Array.from({ length: 2 }, () => ({ says: (answer: string) => `${answer.slice(0, 90)} and so on` })),
      ],
      calls: 3,
      scene: { second: 'anthropic' },
    },
  ];
  it.each(table)('$name', async ({ manners, more, calls, scene: rest }) => {
    const { gateway, heard, books } = stage(scene({ ...rest, manners }));
    const seen = await ask(gateway, more);
    expect(seen).toMatchObject({ error: 'truncated', isDone: false, finish: undefined });
    expect(ANSWER.startsWith(seen.text)).toBe(true);
    expect(heard).toHaveLength(calls);
    expect(books).toMatchObject([{ outcome: 'truncated' }]);
    expect(gateway.dispatcher.room.waiting).toBe(0);
  });

  it('counts a broken answer once where nobody goes on with it', async () => {
    const staged = stage(scene({ manners: [broken(8), { status: 500 }, { status: 500 }] }));
    const { gateway, books } = staged;
    await ask(gateway);
    expect(books[0]?.usage).toMatchObject({ prompt_tokens: 10, completion_tokens: 14 });
    await isFree(staged);
  });
});

describe('a client that leaves', () => {
  it('stops the attempt at the rest', async () => {
    const client = new Departure();
    const staged = stage(scene({ manners: [broken(8), { events: 1, ending: 'hangs' }] }));
    const { gateway, heard, books, left } = staged;
    const pending = ask(gateway, {}, client);
    while (heard.length < 2) await new Promise((later) => setImmediate(later));
    client.leave();
    expect(await pending).toMatchObject({ error: 'client_gone' });
    expect(left).toEqual(['first.invalid', 'second.invalid']);
    expect(books).toMatchObject([{ outcome: 'client_gone' }]);
    await isFree(staged);
  });

  it('has its rest closed, and the books, though it left without a word', async () => {
    const answering = Promise.withResolvers<void>();
    const staged = stage(scene({ manners: [broken(8), { after: answering.promise }] }));
    const { gateway, heard, books, left } = staged;
    const { body } = await answerStream(gateway, inbound({}, new Departure()));
    const reading = (async () => {
      for await (const _ of body);
    })();
    while (heard.length < 2) await new Promise((later) => setImmediate(later));
    const leaving = body.return();
    answering.resolve();
    await Promise.all([reading, leaving]);
    expect(left).toEqual(['first.invalid', 'second.invalid']);
    expect(books).toHaveLength(1);
    await isFree(staged);
  });
});
