import { describe, expect, it } from 'vitest';
import type { Ask } from '../../src/practice/ask.ts';
import { compose } from '../../src/practice/brain.ts';
import { readDirectives } from '../../src/practice/directives.ts';

const WEATHER = { name: 'get_weather', schema: { type: 'object', properties: { city: { type: 'string' } } } };
const MAIL = { name: 'sendMail', description: 'Sends a letter', schema: { type: 'object', properties: {} } };

function say(some: Partial<Ask>) {
  const ask: Ask = {
    dialect: 'anthropic',
    model: 'claude-x',
    system: '',
    said: 'Hello',
    attachments: 0,
    results: [],
    tools: [],
    toolMode: 'auto',
    parallel: true,
    thinks: false,
    maxTokens: undefined,
    stop: [],
    prompt: { fresh: 10, cacheRead: 0, cacheWritten: 0 },
    ...some,
  };
  const script = compose(ask, readDirectives(ask.said, ask.dialect));
  const text = script.steps
    .map((step) => (step.type === 'call' ? `${step.name}(${step.text})` : step.text))
    .join(' | ');
  return { ...script, text };
}

describe('compose', () => {
  const HONEST =
    "This is a practice answer from Signalbox's practice anthropic (claude-x): no model was called and nothing was billed.";

  it.each([
    { name: 'admits that it is practice', ask: {}, text: `${HONEST} You said: «Hello».`, end: 'done' },
    {
      name: 'counts attachments',
      ask: { attachments: 2 },
      text: `${HONEST} You said: «Hello». Attachments: 2.`,
      end: 'done',
    },
    {
      name: 'calls the tool that fits best',
      ask: { said: 'mail it', tools: [WEATHER, MAIL] },
      text: 'sendMail({})',
      end: 'calls',
    },
    {
      name: 'calls the first where none fits',
      ask: { tools: [WEATHER, MAIL] },
      text: 'get_weather({"city":"practice city"})',
      end: 'calls',
    },
    {
      name: 'calls two tools if asked for both',
      ask: { said: 'both', tools: [WEATHER, MAIL] },
      text: 'get_weather({"city":"practice city"}) | sendMail({})',
      end: 'calls',
    },
    {
      name: 'calls one tool twice for two things',
      ask: { said: 'in both Rome and Oslo', tools: [WEATHER] },
      text: 'get_weather({"city":"Rome"}) | get_weather({"city":"Oslo"})',
      end: 'calls',
    },
    {
      name: 'calls one where parallel calls are off',
      ask: { said: 'in both Rome and Oslo', tools: [WEATHER], parallel: false },
      text: 'get_weather({"city":"Rome"})',
      end: 'calls',
    },
    {
      name: 'calls none where it may not',
      ask: { tools: [WEATHER], toolMode: 'none' },
      text: `${HONEST} You said: «Hello».`,
      end: 'done',
    },
    {
      name: 'quotes what the tools brought',
      ask: { tools: [WEATHER], results: [{ name: 'get_weather', text: '21 °C' }] },
      text: `${HONEST} get_weather returned: «21 °C». You said: «Hello».`,
      end: 'done',
    },
    {
      name: 'calls again where a call is demanded',
      ask: { tools: [MAIL], toolMode: 'required', results: [{ name: 'sendMail', text: 'sent' }] },
      text: 'sendMail({})',
      end: 'calls',
    },
    {
      name: 'calls when the router insists on it',
      ask: {
        said: 'You must call the tool "sendMail" now.',
        tools: [WEATHER, MAIL],
        results: [{ name: 'sendMail', text: 'sent' }],
      },
      text: 'sendMail({})',
      end: 'calls',
    },
    { name: 'answers by a schema', ask: { json: { schema: { enum: ['yes'] } } }, text: '"yes"', end: 'done' },
    {
      name: 'answers by a schema in the system prompt',
      ask: {
        system:
          'Mind {this}. Answer in JSON only, by this schema:\n{"type":"object","properties":{"ok":{"const":true}}}',
      },
      text: '{"ok":true}',
      end: 'done',
    },
    {
      name: 'thinks first',
      ask: { thinks: true },
      text: expect.stringMatching(/^Practice thought: words from the user: 1\..* \| This/),
      end: 'done',
    },
    {
      name: 'ends before a stop sequence',
      ask: { stop: ['billed', ' no model'] },
      text: HONEST.slice(0, HONEST.indexOf(' no model')),
      end: 'stop',
    },
    { name: 'ends at its length', ask: { maxTokens: 2 }, text: 'This is ', end: 'length' },
    { name: 'ends in mid-thought at its length', ask: { maxTokens: 2, thinks: true }, text: 'Practice', end: 'length' },
    { name: 'makes no call that does not fit', ask: { maxTokens: 2, tools: [WEATHER] }, text: '', end: 'length' },
    {
      name: 'refuses if told to',
      ask: { said: '[practice: refuse]' },
      text: expect.stringContaining('declines'),
      end: 'refused',
    },
    { name: 'says nothing if told to', ask: { said: '[practice: empty]' }, text: '', end: 'done' },
    {
      name: 'names directives it does not know',
      ask: { said: '[practice: foo status=soon] Hi' },
      text: `${HONEST} You said: «Hi». Unknown directives: foo, status=soon.`,
      end: 'done',
    },
    {
      name: "leaves another dialect's directives alone",
      ask: { said: '[practice: openai refuse] Hi' },
      text: `${HONEST} You said: «Hi».`,
      end: 'done',
    },
  ] satisfies { name: string; ask: Partial<Ask>; text: unknown; end: string }[])('$name', ({ ask, text, end }) => {
    expect(say(ask)).toMatchObject({ text, end });
  });

  it('is as long as ordered', () => {
    expect(say({ said: '[practice: words=500]' }).text.split(' ')).toHaveLength(500);
  });

  it('counts a token for four characters, thoughts apart', () => {
    const { steps, thoughtTokens, outputTokens } = say({ thinks: true });
    const [thought = 0, text = 0] = steps.map((step) => Math.ceil(step.text.length / 4));
    expect({ thoughtTokens, outputTokens }).toEqual({ thoughtTokens: thought, outputTokens: thought + text });
  });

  it('says the same to the same request', () => {
    expect(say({ said: 'in both Rome and Oslo', tools: [WEATHER], thinks: true })).toEqual(
      say({ said: 'in both Rome and Oslo', tools: [WEATHER], thinks: true }),
    );
  });
});
