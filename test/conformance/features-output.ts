/** JSON, media in, and reasoning. */
import { expect } from 'vitest';
import type { Answer } from './answer.ts';
import { type Asked, type Feature, user } from './feature.ts';
import { tool, toolLoop } from './features-tools.ts';

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const PDF = 'JVBERi0xLjQKJSBhIHBhZ2U=';
const WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEA';

function format(properties: Record<string, unknown>): Pick<Asked, 'response_format'> & object {
  const schema = { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
  return { response_format: { type: 'json_schema', json_schema: { name: 'trip', strict: true, schema } } };
}

const TRIP = format({ city: { type: 'string' }, days: { type: 'integer' } });
const LIMITED = format({ city: { type: 'string', minLength: 1 }, days: { type: 'integer', maximum: 1_000_000 } });

function expectTrip({ choices: [first] }: Answer): void {
  const trip = JSON.parse(first?.text ?? '') as Record<string, unknown>;
  expect(trip).toEqual({ city: expect.any(String), days: expect.any(Number) });
  expect(first?.finish).toBe('stop');
}

const JSON_FEATURES: readonly Feature[] = [
  {
    name: '`response_format: json_object`',
    ask: { messages: [user('Plan a trip, as JSON')], response_format: { type: 'json_object' } },
    param: /^response_format/,
    check: ({ choices: [first] }) => expect(JSON.parse(first?.text ?? '')).toBeTypeOf('object'),
    sent: /"json_object"|"application\/json"/,
  },
  {
    name: '`response_format: json_schema`, strict',
    ask: { messages: [user('Plan a trip')], ...TRIP },
    param: /^response_format/,
    check: expectTrip,
    sent: /"json_schema"|"application\/json"/,
  },
  {
    name: 'A schema with limits (`minLength`, `maximum`)',
    ask: { messages: [user('Plan a trip')], ...LIMITED },
    param: /^response_format/,
    check: expectTrip,
    sent: /minLength/,
  },
  {
    name: '`json_schema` together with tools',
    run: (talk) =>
      toolLoop(talk, { tools: [tool('weather')], messages: [user('Plan a trip by the weather')], ...TRIP }),
    param: /^response_format/,
    check: expectTrip,
    sent: /"json_schema"|"application\/json"/,
  },
];

function attached(name: string, part: object, sent: RegExp): Feature {
  return {
    name,
    ask: { messages: [user([{ type: 'text', text: 'What is this?' }, part])] },
    param: /^messages\.0\.content\.1/,
    check: ({ choices: [first] }) => expect(first?.text).toContain('Attachments: 1.'),
    sent,
  };
}

const MEDIA: readonly Feature[] = [
  attached(
    'An image as `data:` URL',
    { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } },
    /iVBORw0KGgo/,
  ),
  attached(
    'An image as https URL',
    { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
    /https:\/\/example\.com\/a\.png/,
  ),
  attached(
    'A PDF',
    { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` } },
    /JVBERi0xLjQ/,
  ),
  attached('Audio', { type: 'input_audio', input_audio: { format: 'wav', data: WAV } }, /UklGRiQ/),
];

const THINK = { messages: [user('Think about Oslo')] };

export const REASONING: readonly Feature[] = [
  {
    name: '`reasoning_effort: high`',
    ask: { ...THINK, reasoning_effort: 'high' },
    param: /^reasoning_effort$/,
    sent: /"(?:effort|reasoning_effort)":"high"|"budget_tokens":|"thinkingBudget":|"thinkingLevel":"HIGH"/,
  },
  {
    name: '`reasoning_effort: none`',
    ask: { ...THINK, reasoning_effort: 'none' },
    param: /^reasoning_effort$/,
    sent: /"(?:effort|reasoning_effort)":"none"|"type":"(?:disabled|between_tools)"|"thinkingBudget":0/,
  },
  {
    name: 'Reasoning to read (`reasoning`)',
    ask: { ...THINK, reasoning: { effort: 'medium' } },
    param: /^reasoning$/,
    gives: ({ choices: [first] }) => (first?.reasoning ?? '') !== '',
  },
  {
    name: '`reasoning.exclude`',
    ask: { ...THINK, reasoning: { effort: 'medium', exclude: true } },
    param: /^reasoning$/,
    check: ({ choices: [first] }) => expect(first?.reasoning).toBe(''),
  },
  {
    name: 'Signed reasoning comes back in a tool loop, though the client forgets it',
    run: (talk) =>
      toolLoop(talk, {
        tools: [tool('weather')],
        messages: [user('The weather in Oslo?')],
        reasoning_effort: 'medium',
      }),
    param: /^reasoning_effort$/,
    check: ({ choices: [first] }) => expect(first?.text).toContain('weather is fine'),
    gives: (_answer, { lastSent }) => /"signature":"\w|"thoughtSignature":"\w|"encrypted_content":"\w/.test(lastSent),
  },
];

export const JSON_MEDIA: readonly Feature[] = [...JSON_FEATURES, ...MEDIA];
