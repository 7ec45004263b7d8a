/** Messages, limits, sampling and counting. */
import { expect } from 'vitest';
import { type Feature, user } from './feature.ts';
import { withLogprobs } from './gemini-logprobs.ts';

const SAY_HELLO = { messages: [user('Say hello')] };

export const TEXT: readonly Feature[] = [
  {
    name: 'Text, `finish_reason: stop`',
    ask: SAY_HELLO,
    check: ({ choices: [first] }) =>
      expect(first).toMatchObject({ text: expect.stringContaining('«Say hello»'), finish: 'stop' }),
  },
  {
    name: 'System and developer messages',
    ask: {
      messages: [{ role: 'system', content: 'Be brief.' }, { role: 'developer', content: 'Be kind.' }, user('Hi')],
    },
    sent: /Be brief\..*Be kind\./s,
  },
  {
    name: 'A system message in mid-conversation',
    ask: {
      messages: [
        user('Hi'),
        { role: 'assistant', content: 'Hello' },
        user('Go on'),
        { role: 'system', content: 'In rhyme.' },
      ],
    },
    param: /^messages/,
    sent: /In rhyme\./,
  },
  {
    name: 'An assistant message last, to be continued',
    ask: { messages: [user('Count'), { role: 'assistant', content: 'One, two,' }] },
    param: /^messages/,
    sent: /One, two,/,
  },
  {
    name: '`usage`, streamed with `include_usage`',
    run: (talk) => talk.ask({ ...SAY_HELLO, ...(talk.streamed && { stream_options: { include_usage: true } }) }),
    check: ({ usage }) => {
      expect(usage?.prompt_tokens).toBeGreaterThan(0);
      expect(usage?.completion_tokens).toBeGreaterThan(0);
      expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0));
    },
  },
  {
    name: '`max_completion_tokens`, `finish_reason: length`',
    ask: { messages: [user('Say hello [practice: words=300]')], max_completion_tokens: 60 },
    param: /^max_completion_tokens$/,
    check: ({ choices: [first] }) => expect(first?.finish).toBe('length'),
    sent: /"max\w+":60\b/i,
  },
  {
    name: '`max_tokens`, the older name',
    ask: { messages: [user('Say hello [practice: words=300]')], max_tokens: 60 },
    param: /^max_tokens$/,
    check: ({ choices: [first] }) => expect(first?.finish).toBe('length'),
    sent: /"max\w+":60\b/i,
  },
  {
    name: 'A refusal (`message.refusal`, `finish_reason: content_filter`)',
    ask: { messages: [user('[practice: refuse]')] },
    check: ({ choices: [first] }) => {
      const isRefused = first?.refusal !== '' || first.finish === 'content_filter';
      expect(isRefused, 'the answer says that it is none').toBe(true);
    },
    gives: ({ choices: [first] }) => first?.refusal !== '',
  },
  {
    name: '`stop`',
    ask: { messages: [user('One HALT two')], stop: ['HALT'] },
    param: /^stop$/,
    check: ({ choices: [first] }) => {
      expect(first?.text).toMatch(/«One $/);
      expect(first?.finish).toBe('stop');
    },
    sent: /\["HALT"\]/,
  },
  {
    name: '`n`: 2',
    ask: { ...SAY_HELLO, n: 2 },
    param: /^n$/,
    check: ({ choices }) =>
      expect(choices.map(({ text, finish }) => finish === 'stop' && text.length > 0)).toEqual([true, true]),
    sent: /"(?:n|candidateCount)":2/,
  },
  {
    name: '`temperature`: 0.3',
    ask: { ...SAY_HELLO, temperature: 0.3 },
    param: /^temperature$/,
    sent: /"temperature":0\.3/,
  },
  {
    name: '`temperature`: 1.7',
    ask: { ...SAY_HELLO, temperature: 1.7 },
    param: /^temperature$/,
    sent: /"temperature":1/,
  },
  { name: '`top_p`: 0.8', ask: { ...SAY_HELLO, top_p: 0.8 }, param: /^top_p$/, sent: /"top_?p":0\.8/i },
  { name: '`top_k`: 20', ask: { ...SAY_HELLO, top_k: 20 }, param: /^top_k$/, sent: /"top_?k":20/i },
  {
    name: '`frequency_penalty`',
    ask: { ...SAY_HELLO, frequency_penalty: 0.5 },
    param: /^frequency_penalty$/,
    sent: /"frequency_?penalty":0\.5/i,
  },
  { name: '`seed`', ask: { ...SAY_HELLO, seed: 7 }, param: /^seed$/, sent: /"seed":7/ },
  {
    name: '`logprobs`',
    ask: { ...SAY_HELLO, logprobs: true },
    param: /^logprobs$/,
    check: ({ choices: [first] }) => expect(first?.logprobs).toBeGreaterThan(0),
    sent: /logprobs/i,
    upstream: withLogprobs,
  },
  { name: '`logit_bias`', ask: { ...SAY_HELLO, logit_bias: { '50256': -100 } }, param: /^logit_bias$/, sent: /50256/ },
  {
    name: '`verbosity`: low',
    ask: { ...SAY_HELLO, verbosity: 'low' },
    param: /^verbosity$/,
    sent: /"verbosity":"low"/,
  },
  {
    name: '`service_tier`: flex',
    ask: { ...SAY_HELLO, service_tier: 'flex' },
    param: /^service_tier$/,
    sent: /"flex"/,
  },
  {
    name: '`user`, `safety_identifier`',
    ask: { ...SAY_HELLO, safety_identifier: 'u-123' },
    param: /^safety_identifier$/,
    sent: /u-123/,
  },
  {
    name: 'Prompt-cache markers (`cache_control`)',
    run: async (talk) => {
      const prefix = user([
        { type: 'text', text: 'A long prefix. '.repeat(400), cache_control: { type: 'ephemeral' } },
      ]);
      const include = talk.streamed ? { stream_options: { include_usage: true } } : {};
      await talk.ask({ ...include, messages: [prefix] });
      return talk.ask({ ...include, messages: [prefix, { role: 'assistant', content: 'Yes?' }, user('Go on')] });
    },
    param: /cache_control/,
    sent: /cache_control|cachePoint|prompt_cache_breakpoint/,
  },
  {
    name: 'Fields that nobody knows',
    ask: { ...SAY_HELLO, house_field: { deep: 1 } },
    param: /^house_field$/,
    sent: /house_field/,
  },
];
