import { describe, expect, it } from 'vitest';
import { plannedIn, withoutPlan } from '../../src/practice/plan.ts';
import { type Dialect, practise } from './ask.ts';

const PLAN = `Please.
[practice plan]
write {"file": "a.txt", "text": "one"}
read {"file": "a.txt"}
+ read {"file": "b.txt"}
say They hold {result}

Thank you.`;

const user = { role: 'user', content: PLAN };
const model = { role: 'assistant', content: 'I call.' };
const [write, both, say] = [
  { calls: [{ name: 'write', input: '{"file": "a.txt", "text": "one"}' }] },
  {
    calls: [
      { name: 'read', input: '{"file": "a.txt"}' },
      { name: 'read', input: '{"file": "b.txt"}' },
    ],
  },
  { calls: [], say: 'They hold {result}' },
];

describe('plannedIn', () => {
  it.each([
    { name: 'begins with the first line', body: { messages: [user] }, planned: write },
    {
      name: 'goes on with each turn of the model',
      body: { messages: [user, model, { role: 'tool', content: '1' }] },
      planned: both,
    },
    {
      name: 'counts what several messages of one turn say as one',
      body: { messages: [user, model, model, { role: 'tool', content: '1' }] },
      planned: both,
    },
    {
      name: 'is not put off by what a client says beside the results',
      body: { messages: [user, model, { role: 'user', content: [{ type: 'text', text: 'A reminder' }] }] },
      planned: both,
    },
    { name: 'is over after its last line', body: { messages: [user, ...turns(3)] }, planned: undefined },
    { name: 'begins again where it is said again', body: { messages: [user, ...turns(2), user] }, planned: write },
    { name: 'goes by the last of two', body: { messages: [user, said('\n[practice plan]\nsay no')] }, planned: no() },
    { name: 'ends where a line is no step', body: { input: '<q>\n[practice plan]\nsay no\n</q>' }, planned: no() },
    { name: 'is not read out of what a tool brought', body: { messages: [{ role: 'tool', content: PLAN }] } },
    {
      name: 'reads the items of the Responses API',
      body: {
        input: [
          user,
          { type: 'reasoning', summary: [] },
          { type: 'function_call', name: 'write' },
          { type: 'function_call_output', output: PLAN },
          { role: 'assistant', content: [{ type: 'output_text', text: 'So.' }] },
          { role: 'developer', content: 'Mind.' },
        ],
      },
      planned: say,
    },
    {
      name: "reads Gemini's contents",
      body: {
        contents: [
          { role: 'user', parts: [{ text: PLAN }] },
          { role: 'model', parts: [{ functionCall: { name: 'write' } }] },
          { role: 'user', parts: [{ functionResponse: { name: 'write', response: {} } }] },
        ],
      },
      planned: both,
    },
    { name: 'says before it calls', body: { input: '[practice plan]\nsay Look\n+ read {}' }, planned: looking() },
  ])('$name', ({ body, planned }) => {
    expect(plannedIn(body)).toEqual(planned);
  });

  it('is not part of what the user says', () => {
    expect(withoutPlan(PLAN)).toBe('Please.\n\nThank you.');
  });
});

function turns(count: number) {
  return Array.from({ length: count }, () => [model, { role: 'tool', content: '1' }]).flat();
}

function said(content: string) {
  return { role: 'user', content };
}

function no() {
  return { calls: [], say: 'no' };
}

function looking() {
  return { calls: [{ name: 'read', input: '{}' }], say: 'Look' };
}

const SCHEMA = { type: 'object', properties: { file: { type: 'string' } }, required: ['file'] };
const TOOLS: Record<Dialect, object> = {
  anthropic: { tools: [{ name: 'read', input_schema: SCHEMA }] },
  chat: { tools: [{ type: 'function', function: { name: 'read', parameters: SCHEMA } }] },
  responses: { tools: [{ type: 'function', name: 'read', parameters: SCHEMA, strict: false }] },
  gemini: { tools: [{ functionDeclarations: [{ name: 'read', parametersJsonSchema: SCHEMA }] }] },
  bedrock: { toolConfig: { tools: [{ toolSpec: { name: 'read', inputSchema: { json: SCHEMA } } }] } },
};

describe('a practice provider with a plan', () => {
  it.each(['anthropic', 'chat', 'responses', 'gemini'] as const)('%s calls what the plan calls', async (dialect) => {
    const answer = await practise(dialect, '[practice plan]\nread {"file":"plan.txt"}', {
      fields: { ...TOOLS[dialect] },
    });
    expect(unescaped(await answer.text())).toContain('{"file":"plan.txt"}');
  });

  it.each([
    { name: 'a text fills the one field that must be filled', plan: 'read "plan.txt"', text: '{"file":"plan.txt"}' },
    {
      name: 'a tool may have its namespace in its name',
      plan: 'read {"file":"x"}',
      tools: { tools: [{ type: 'function', function: { name: 'files__read', parameters: SCHEMA } }] },
      text: '"name":"files__read"',
    },
    {
      name: 'a tool that is not offered is named',
      plan: 'write {}',
      text: 'The plan calls write; the tools are read.',
    },
    { name: 'words in quotation marks may break lines', plan: 'say "1\\n2"', text: 'billed. 1\\n2' },
    { name: 'without tools it is an ordinary request', plan: 'write {}', tools: {}, text: 'no model was called' },
  ])('$name', async ({ plan, text, tools = TOOLS.chat }) => {
    const answer = await practise('chat', `[practice plan]\n${plan}`, { fields: { ...tools } });
    expect(unescaped(await answer.text())).toContain(text);
  });
});

function unescaped(text: string): string {
  return text.replaceAll('\\"', '"');
}
