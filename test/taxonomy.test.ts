/**
 * One taxonomy: everything that providers are known to say when they do not answer, what each of it means, what the
 * router does then, and what the client is told. The rows are ours, after the providers' documents and recordings.
 */
import { describe, expect, it } from 'vitest';
import { AnswerCollector } from '../src/answers/collector.ts';
import { GatewayError } from '../src/core/errors.ts';
import { ANTHROPIC } from './taxonomy/anthropic.ts';
import { AZURE } from './taxonomy/azure.ts';
import { BEDROCK } from './taxonomy/bedrock.ts';
import { GEMINI, VERTEX } from './taxonomy/google.ts';
import { OPENAI, RESPONSES } from './taxonomy/openai.ts';
import { type Came, inWords, type TaxonomyTable, toRefusal } from './taxonomy/row.ts';

const TABLES = [ANTHROPIC, OPENAI, RESPONSES, AZURE, GEMINI, VERTEX, BEDROCK];

describe.each(TABLES)('$name', (table) => {
  it.each(table.rows)('%s', (_, came, is) => expect(meaningOf(table, came)).toBe(is));
});

it('has a row for everything that is known, and no row twice', () => {
  const names = TABLES.flatMap(({ name, rows }) => rows.map(([row]) => `${name}: ${row}`));
  expect(names.length).toBeGreaterThan(250);
  expect(new Set(names).size).toBe(names.length);
});

describe('a quarter of a megabyte of nonsense is read in no time', () => {
  const pieces = [
    'a',
    '1',
    ' ',
    'a.',
    'current quota ',
    'retry in 1',
    'retry in 1s',
    'thinking ',
    'on resource: a',
    '(',
  ];
  const rows = TABLES.flatMap(({ name, provider }) => pieces.map((piece) => ({ name, provider, piece })));

  it.each(rows)('$name: "$piece" again and again', ({ provider, piece }) => {
    const message = piece.repeat(250_000 / piece.length);
    const error = { type: 'invalid_request_error', message };
    const startedAt = performance.now();
    for (const status of [400, 403, 429]) provider.classify(toRefusal({ status, body: { error, message } }));
    expect(performance.now() - startedAt).toBeLessThan(5_000); // What looks at each place again from every other takes minutes.
  });
});

function meaningOf({ provider, call }: TaxonomyTable, came: Came): string {
  if ('status' in came) return inWords(provider.classify(toRefusal(came)));
  const collector = new AnswerCollector();
  try {
    if ('answer' in came) {
      const whole = { ...call, request: { ...call.request, stream: false } };
      provider.translate(whole).readAnswer(textOf(came.answer), collector);
    } else {
      const reader = provider.translate(call).openStream(collector);
      reader.push(typeof came.stream === 'string' ? new TextEncoder().encode(came.stream) : came.stream);
      reader.end();
    }
  } catch (error) {
    if (error instanceof GatewayError) return inWords(error);
    throw error;
  }
  return `an answer: ${collector.choice(0).finishReason}`;
}

function textOf(answer: unknown): string {
  return typeof answer === 'string' ? answer : JSON.stringify(answer);
}
