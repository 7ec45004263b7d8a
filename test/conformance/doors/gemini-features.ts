/** generateContent's features. */
import type { Content } from '@google/genai';
import { expect } from 'vitest';
import { withLogprobs } from '../gemini-logprobs.ts';
import type { DoorFeature, Told } from './feature.ts';
import { type Body, GEMINI } from './gemini.ts';
import {
  attached,
  CITY,
  expectCalls,
  expectOnly,
  expectTrip,
  expectUsage,
  PDF,
  PIXEL,
  setting,
  TRIP,
  WAV,
} from './samples.ts';
import { troubles } from './troubles.ts';
import type { Visit } from './visit.ts';

const say = (text: string, config: object = {}) => ({ contents: [{ role: 'user', parts: [{ text }] }], config });
const tool = (name: string) => ({ name, description: `The ${name}`, parametersJsonSchema: CITY });
const offer = (...names: string[]) => ({ tools: [{ functionDeclarations: names.map(tool) }] });
const calling = (mode: string, names?: string[]) => ({
  toolConfig: { functionCallingConfig: { mode, ...(names && { allowedFunctionNames: names }) } },
});

const HELLO = 'Say hello';
const WEATHER = 'The weather in Oslo?';
const BOTH = 'Both the weather and the population of Oslo?';
const SIGNED = /"signature":"\w|"thoughtSignature":"\w|"encrypted_content":"\w/;

async function loop(visit: Visit, asked: Body): Promise<Told> {
  const first = await visit.ask(asked);
  const turns = first.turns as Content[];
  const parts = turns
    .flatMap((turn) => turn.parts ?? [])
    .flatMap(({ functionCall: call }) => {
      const { id, name = '' } = call ?? {};
      return call ? [{ functionResponse: { ...(id && { id }), name, response: { output: `${name} is fine` } } }] : [];
    });
  return visit.ask({ ...asked, contents: [...asked.contents, ...turns, { role: 'user', parts }] });
}

function shown(name: string, part: object, sent: RegExp): DoorFeature {
  const ask = { contents: [{ role: 'user', parts: [{ text: 'What is this?' }, part] }] };
  return attached(name, ask, { param: /^(messages|contents)/, sent });
}

const field = (name: string, config: object, more: Pick<DoorFeature, 'param' | 'sent'>) =>
  setting(name, say(HELLO, config), more);

const TEXT: readonly DoorFeature[] = [
  {
    name: 'Text, `finishReason: STOP`, `usageMetadata`',
    ask: say(HELLO),
    check: (told) => {
      expect(told).toMatchObject({ text: expect.stringContaining('«Say hello»'), finish: 'STOP' });
      expectUsage(told);
    },
  },
  field('`systemInstruction`', { systemInstruction: 'Be brief.' }, { sent: /Be brief\./ }),
  {
    name: '`maxOutputTokens`, `finishReason: MAX_TOKENS`',
    ask: say('Say hello [practice: words=300]', { maxOutputTokens: 60 }),
    check: ({ finish }) => expect(finish).toBe('MAX_TOKENS'),
    sent: /"max\w+":60\b/i,
  },
  {
    name: '`stopSequences`',
    ask: say('One HALT two', { stopSequences: ['HALT'] }),
    param: /^stop$|stopSequences$/,
    check: ({ text }) => expect(text).toMatch(/«One $/),
    sent: /\["HALT"\]/,
  },
  {
    name: '`candidateCount`: 2',
    ask: say(HELLO, { candidateCount: 2 }),
    param: /^n$|candidateCount$/,
    check: ({ answers }) => expect(answers).toBe(2),
    sent: /"(?:n|candidateCount)":2/,
  },
  field('`temperature`: 0.3', { temperature: 0.3 }, { param: /temperature$/, sent: /"temperature":0\.3/ }),
  field('`topK`: 20', { topK: 20 }, { param: /top_?k$/i, sent: /"top_?k":20/i }),
  field('`seed`', { seed: 7 }, { param: /seed$/, sent: /"seed":7/ }),
  field(
    '`frequencyPenalty`',
    { frequencyPenalty: 0.5 },
    { param: /frequency_?penalty$/i, sent: /"frequency_?penalty":0\.5/i },
  ),
  {
    name: '`responseLogprobs`',
    ask: say(HELLO, { responseLogprobs: true }),
    param: /logprobs$/i,
    check: ({ logprobs }) => expect(logprobs).toBeGreaterThan(0),
    sent: /logprobs/i,
    upstream: withLogprobs,
  },
  field(
    '`safetySettings`',
    { safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }] },
    { param: /^safetySettings$/, sent: /safetySettings/ },
  ),
];

const TOOLS: readonly DoorFeature[] = [
  { name: 'A function call', ask: say(WEATHER, offer('weather')), check: (told) => expectCalls(told, ['weather']) },
  {
    name: 'Parallel function calls and their responses',
    run: (visit) => loop(visit, say(BOTH, offer('weather', 'population'))),
    check: ({ text }) => {
      expect(text).toContain('weather is fine');
      expect(text).toContain('population is fine');
    },
  },
  {
    name: '`mode: ANY`',
    ask: say(WEATHER, { ...offer('weather'), ...calling('ANY') }),
    param: /^tool_?choice|toolConfig/i,
    check: (told) => expectCalls(told, ['weather']),
  },
  {
    name: '`mode: ANY`, a named function',
    ask: say(BOTH, { ...offer('weather', 'population'), ...calling('ANY', ['population']) }),
    param: /^tool_?choice|toolConfig/i,
    check: (told) => expectOnly(told, 'population'),
  },
  {
    name: '`mode: NONE`',
    ask: say(WEATHER, { ...offer('weather'), ...calling('NONE') }),
    param: /^tool_?choice|toolConfig/i,
    check: ({ calls }) => expect(calls).toEqual([]),
    sent: /"none"|"NONE"/,
  },
  {
    name: '`mode: VALIDATED`',
    ask: say(WEATHER, { ...offer('weather'), ...calling('VALIDATED') }),
    param: /^tool_?choice|toolConfig/i,
    check: (told) => expectCalls(told, ['weather']),
  },
  setting('`googleSearch`', say('News from Oslo?', { tools: [{ googleSearch: {} }] }), {
    param: /^(web_search_options|tools)/,
    sent: /web_search|googleSearch/,
  }),
  setting('`codeExecution`', say('6 * 7?', { tools: [{ codeExecution: {} }] }), {
    param: /^tools/,
    sent: /codeExecution/,
  }),
];

const REST: readonly DoorFeature[] = [
  {
    name: '`responseSchema`',
    ask: say('Plan a trip', {
      responseMimeType: 'application/json',
      responseSchema: {
        type: 'OBJECT',
        properties: { city: { type: 'STRING' }, days: { type: 'INTEGER' } },
        required: ['city', 'days'],
      },
    }),
    param: /^response_format|generationConfig\.response/,
    check: expectTrip,
    sent: /"json_schema"|"application\/json"/,
  },
  {
    name: '`responseJsonSchema`',
    ask: say('Plan a trip', { responseMimeType: 'application/json', responseJsonSchema: TRIP }),
    param: /^response_format|generationConfig\.response/,
    check: expectTrip,
    sent: /"json_schema"|"application\/json"/,
  },
  shown('An image, `inlineData`', { inlineData: { mimeType: 'image/png', data: PIXEL } }, /iVBORw0KGgo/),
  shown(
    'An image, `fileData`',
    { fileData: { mimeType: 'image/png', fileUri: 'https://example.com/a.png' } },
    /example\.com/,
  ),
  shown('A PDF', { inlineData: { mimeType: 'application/pdf', data: PDF } }, /JVBERi0xLjQ/),
  shown('Audio', { inlineData: { mimeType: 'audio/wav', data: WAV } }, /UklGRiQ/),
  {
    name: '`includeThoughts`',
    ask: say('Think about Oslo', { thinkingConfig: { includeThoughts: true, thinkingBudget: 2000 } }),
    param: /^reasoning|thinking/i,
    gives: ({ thoughts }) => thoughts !== '',
  },
  {
    name: '`thinkingLevel`: HIGH',
    ask: say('Think about Oslo', { thinkingConfig: { thinkingLevel: 'HIGH' } }),
    param: /^reasoning|thinking/i,
    sent: /"(?:effort|reasoning_effort)":"high"|"budget_tokens":|"thinkingBudget":|"thinkingLevel":"HIGH"/,
  },
  {
    name: 'Thought signatures come back in a tool loop',
    run: (visit) =>
      loop(
        visit,
        say(WEATHER, { ...offer('weather'), thinkingConfig: { includeThoughts: true, thinkingBudget: 2000 } }),
      ),
    param: /^reasoning|thinking/i,
    check: ({ text }) => expect(text).toContain('weather is fine'),
    gives: (_told, { lastSent }) => SIGNED.test(lastSent),
  },
  ...troubles(GEMINI, { body: say(HELLO, { temperature: 9 }), param: /temperature$/ }),
];

export const GEMINI_FEATURES: readonly DoorFeature[] = [...TEXT, ...TOOLS, ...REST];
