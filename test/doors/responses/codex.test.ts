/** Codex as it asks (codex-rs, 2026), and what it needs of an answer, in front of each dialect. */
import { describe, expect, it } from 'vitest';
import { DIALECTS, talkTo } from './gateway.ts';

interface Item {
  type: string;
  id?: string;
  call_id?: string;
  name?: string;
  input?: string;
  arguments?: string;
  action?: { command: string[] };
  content?: { type: string; text: string }[];
}
interface Event {
  type: string;
  item?: Item;
  response?: {
    id: string;
    status: string;
    usage?: { total_tokens: number };
    error?: { code: string; message: string };
  };
}

const GRAMMAR = 'start: begin_patch hunk+ end_patch\nbegin_patch: "*** Begin Patch" LF';
const SHELL = {
  type: 'object',
  properties: { command: { type: 'array', items: { type: 'string' } }, workdir: { type: 'string' } },
  required: ['command'],
  additionalProperties: false,
};
const HEADERS = {
  session_id: '0198',
  'x-codex-turn-metadata': '{}',
  originator: 'codex_cli_rs',
  accept: 'text/event-stream',
};

const ask = (model: string, input: object[]) => ({
  model,
  instructions: 'You are Codex, a coding agent.',
  input: [
    {
      type: 'message',
      role: 'developer',
      content: [{ type: 'input_text', text: '<permissions>read-only</permissions>' }],
    },
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: '<environment_context/>' }] },
    ...input,
  ],
  tools: [
    { type: 'function', name: 'exec_command', description: 'Runs a command', strict: false, parameters: SHELL },
    { type: 'local_shell' },
    {
      type: 'custom',
      name: 'apply_patch',
      description: 'Edits files',
      format: { type: 'grammar', syntax: 'lark', definition: GRAMMAR },
    },
  ],
  tool_choice: 'auto',
  parallel_tool_calls: false,
  reasoning: { effort: 'medium', summary: 'auto' },
  store: false,
  stream: true,
  include: ['reasoning.encrypted_content'],
  prompt_cache_key: '0198-thread',
  text: { verbosity: 'medium' },
});
const says = (text: string) => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] });

async function eventsOf(response: Response): Promise<Event[]> {
  const text = await response.text();
  expect([response.status, response.status === 200 ? '' : text]).toEqual([200, '']);
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data) as Event);
}
/** What Codex keeps of a turn: the items that are done, in the order in which they are. */
const itemsOf = (events: readonly Event[]) =>
  events.flatMap(({ type, item }) => (type === 'response.output_item.done' && item ? [item] : []));

const calls: {
  name: string;
  prompt: string;
  type: string;
  output: string;
  seen: (item: Item | undefined) => unknown;
}[] = [
  {
    name: 'a function',
    prompt: 'Call `exec_command`',
    type: 'function_call',
    output: 'function_call_output',
    seen: (item) => item?.name === 'exec_command' && item.arguments?.includes('command'),
  },
  {
    name: 'a patch in free text',
    prompt: 'Call `apply_patch`',
    type: 'custom_tool_call',
    output: 'custom_tool_call_output',
    seen: (item) => item?.name === 'apply_patch' && typeof item.input === 'string',
  },
];

describe.each(DIALECTS)('%s', (column) => {
  it.each(calls)('$name is called, carried out and gone on from', async ({ prompt, type, output, seen }) => {
    const { fetch, model, last } = talkTo(column);
    const question = says(`${prompt} [practice: fast]`);
    const first = await eventsOf(await fetch('/v1/responses', ask(model, [question]), HEADERS));
    expect(first[0]?.type).toBe('response.created');
    expect(first.at(-1)).toMatchObject({ type: 'response.completed', response: { status: 'completed' } });
    expect(first.at(-1)?.response?.usage?.total_tokens).toBeGreaterThan(0);
    const said = itemsOf(first);
    const call = said.find((item) => item.type === type);
    expect([seen(call), said.map((item) => item.type)]).toEqual([true, expect.arrayContaining([type])]);
    const result = { type: output, call_id: call?.call_id, output: 'exit 0, all well' };
    const history = said.map(({ id, ...item }) => (item.type === 'reasoning' ? { id, ...item } : item)); // So Codex.
    const second = await eventsOf(await fetch('/v1/responses', ask(model, [question, ...history, result]), HEADERS));
    expect(last().text).toContain('exit 0, all well');
    expect(last().text).toContain('*** Begin Patch'); // The grammar, whoever reads it.
    const answer = itemsOf(second).find((item) => item.type === 'message');
    expect(answer?.content?.[0]?.text).toContain('all well');
  });

  it.each(['tools', 'input'])('its tools may stand in namespaces, and in the %s', async (place) => {
    const { fetch, model } = talkTo(column);
    const tools = [
      {
        type: 'namespace',
        name: 'functions',
        description: '',
        tools: [
          {
            type: 'custom',
            name: 'exec',
            description: 'Runs code',
            format: { type: 'grammar', syntax: 'lark', definition: GRAMMAR },
          },
        ],
      },
      {
        type: 'namespace',
        name: 'clock',
        description: 'Time',
        tools: [
          {
            type: 'function',
            name: 'now',
            description: 'Tells the time',
            strict: false,
            parameters: { type: 'object', properties: {} },
          },
        ],
      },
    ];
    const offered = [...tools, ...(place === 'tools' ? [{ type: 'web_search', external_web_access: false }] : [])];
    const question = says('Call `clock__now` or `now` [practice: fast]');
    const input =
      place === 'tools' ? [question] : [{ type: 'additional_tools', role: 'developer', tools: offered }, question];
    const { tools: _, ...rest } = ask(model, input);
    const asked = {
      ...rest,
      ...(place === 'tools' && { tools: offered }),
      reasoning: { effort: 'low', context: 'all_turns' },
    };
    const said = itemsOf(await eventsOf(await fetch('/v1/responses', asked, HEADERS)));
    expect(said.find((item) => item.type === 'function_call')).toMatchObject({ namespace: 'clock', name: 'now' });
  });

  it('is told of a break in a way that it reads', async () => {
    const { fetch, model } = talkTo(column);
    const broken = ask(model, [says('Say hello [practice: cut at=3]')]);
    const response = await fetch('/v1/responses', { ...broken, tools: [] }, HEADERS);
    const text = await response.text();
    const events = [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data) as Event);
    expect(events.map(({ type }) => type).slice(-2)).toEqual(['error', 'response.failed']);
    expect(events.at(-1)?.response).toMatchObject({ status: 'failed', id: events[0]?.response?.id });
    expect(events.at(-1)?.response?.error?.message).toBeTruthy();
  });
});
