import { describe, expect, test } from 'vitest';
import shipped from '../../routing-rules/default.json' with { type: 'json' };
import type { ChatMessage, ChatRequest } from '../../src/core/chat.ts';
import { scoreComplexity } from '../../src/routing/complexity.ts';
import { createRules } from '../../src/routing/rules.ts';

const rules = createRules(shipped);

function ask(content: string, rest: Partial<ChatRequest> = {}): ChatRequest {
  return { model: 'auto', messages: [{ role: 'user', content }], ...rest };
}

function talk(...texts: string[]): ChatMessage[] {
  return texts.map((content, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', content }));
}

function tools(count: number): NonNullable<ChatRequest['tools']> {
  return Array.from({ length: count }, (_, index) => ({ type: 'function', function: { name: `tool_${index}` } }));
}

const LOG = 'at Object.run (/srv/app/main.js:10:3) { code: 500 }; if (x) { y = z[0]; }\n'.repeat(20);
const DESIGN = 'Design a booking platform with payments, refunds, waiting lists, audit logs and failover.';

const table: [tier: string, sentence: string, request: ChatRequest][] = [
  ['haiku', 'a greeting', ask('Hello!')],
  ['haiku', 'thanks', ask('Thanks, that helped.')],
  ['haiku', 'a fact', ask('What is the capital of Mongolia?')],
  ['haiku', 'a fact about code', ask('What is a goroutine?')],
  ['haiku', 'a date', ask('When was the Suez canal opened?')],
  ['haiku', 'a translation', ask('Translate "good morning" into Portuguese.')],
  ['haiku', 'a rewrite', ask('Make this sentence friendlier: Send me the report.')],
  ['haiku', 'a classification', ask('Is this review positive or negative? "Great food, slow service."')],
  ['haiku', 'an extraction', ask('Give me the e-mail address in: write to jo@example.org')],
  ['haiku', 'a greeting in Spanish', ask('Hola, ¿cómo estás?')],
  ['haiku', 'a question in German', ask('Was ist ein Vulkan?')],
  ['haiku', 'a question in Russian', ask('Что такое блокчейн?')],
  ['haiku', 'a question in Chinese', ask('什么是光合作用？')],
  ['haiku', 'a greeting in Japanese', ask('こんにちは')],
  ['haiku', 'a translation in Korean', ask('"사과"를 영어로 번역해 주세요')],
  ['haiku', 'a weather tool', ask('Will it rain tomorrow?', { tools: tools(2) })],
  [
    'haiku',
    'a hard system prompt does not count',
    {
      model: 'auto',
      messages: [{ role: 'system', content: `${DESIGN} Prove it step by step. ${LOG}` }, ...talk('Hi there')],
    },
  ],
  [
    'haiku',
    'a reminder of the client does not count',
    ask(`<system-reminder>${DESIGN} Prove it.</system-reminder>Hello`),
  ],
  ['haiku', 'a reminder that never ends does not count', ask(`Hello<system-reminder>${DESIGN} Prove it.`)],
  ['sonnet', 'a small function', ask('Write a Python function that reverses a linked list.')],
  ['sonnet', 'a query', ask('Write a SQL query for the ten best customers, by country.')],
  ['sonnet', 'a bug', ask('Why does this loop never end? while (i < 10) { x[i] = y; }')],
  ['sonnet', 'a comparison', ask('Compare gas and electric cookers for a family.')],
  ['sonnet', 'many tools', ask('Book me a room next to the station, with breakfast.', { tools: tools(12) })],
  ['sonnet', 'a long stack trace', ask(`What happened here?\n${LOG}`)],
  [
    'sonnet',
    'a text with many requirements',
    ask('Write a toast: short, warm, no jokes, for Ana, for her sixtieth birthday.'),
  ],
  ['sonnet', 'medium effort was asked for', ask('Name three rivers', { reasoning_effort: 'medium' })],
  ['sonnet', 'a function in Chinese', ask('写一个Python函数来统计单词')],
  ['sonnet', 'a function in Japanese', ask('リストを並べ替える関数をコードで書いて')],
  ['sonnet', 'a function in Spanish', ask('Escribe una función en JavaScript que sume una lista.')],
  ['sonnet', 'a function in German', ask('Schreibe eine Funktion in Java, die eine Liste sortiert.')],
  ['opus', 'a proof', ask('Prove step by step that the square root of two is irrational.')],
  ['opus', 'a design', ask(DESIGN)],
  ['opus', 'an audit of code', ask(`Audit this for race conditions and justify each finding:\n${LOG}`)],
  ['opus', 'a strategy', ask('Evaluate our pricing strategy, the risks, the rivals, the costs, and the timing.')],
  ['opus', 'high effort was asked for', ask('Hi', { reasoning_effort: 'high' })],
  ['opus', 'highest effort, in OpenRouter words', ask('Count the vowels', { reasoning: { effort: 'xhigh' } })],
  ['opus', 'a design in Chinese', ask('设计一个支付系统的架构，比较两种方案，并分析数据库的选择')],
  ['opus', 'a proof in German', ask('Beweise den Satz und begründe jeden Schritt.')],
  ['opus', 'a design in French', ask('Conçois une architecture, compare les options, et justifie tes choix.')],
  ['opus', 'a design in Russian', ask('Спроектируй архитектуру системы и обоснуй каждый выбор.')],
  [
    'opus',
    'a follow-up inherits what it follows',
    { model: 'auto', messages: talk(DESIGN, 'Shall I go on?', 'yes, go on') },
  ],
  [
    'sonnet',
    'a short follow-up in a long talk about code',
    {
      model: 'auto',
      messages: talk(...Array.from({ length: 15 }, () => 'Fix the bug in this function'), 'Done.', 'ok'),
    },
  ],
];

describe('scoreComplexity', () => {
  test.each(table)('%s: %s', (tier, _sentence, request) => {
    expect(scoreComplexity(request, rules)).toMatchObject({ tier });
  });

  test('the contributions add up to the score, the strongest first', () => {
    const { score, contributions } = scoreComplexity(ask(DESIGN, { tools: tools(4) }), rules);
    const values = contributions.map(({ value }) => value);
    expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(score, 10);
    expect(values).toEqual(values.toSorted((a, b) => Math.abs(b) - Math.abs(a)));
    expect(contributions.find(({ name }) => name === 'tools')?.value).toBeCloseTo(0.06, 10);
  });

  test('each signal adds what its weight says', () => {
    const base = scoreComplexity(ask('Please file this away for me today, would you'), rules).score;
    const more = (rest: Partial<ChatRequest>) =>
      scoreComplexity(ask('Please file this away for me today, would you', rest), rules).score - base;
    expect(more({ tools: tools(80) })).toBeCloseTo(0.12, 10);
    expect(more({ response_format: { type: 'json_schema', json_schema: { name: 'x' } } })).toBeCloseTo(0.06, 10);
    expect(more({ reasoning_effort: 'low' })).toBeCloseTo(0.12, 10);
  });

  test('pictures of the ask count, text parts are read', () => {
    const image = { type: 'image_url' as const, image_url: { url: 'https://example.org/a.png' } };
    const { contributions } = scoreComplexity(
      { model: 'auto', messages: [{ role: 'user', content: [{ type: 'text', text: 'Prove it' }, image, image] }] },
      rules,
    );
    expect(contributions.map(({ name }) => name).slice(0, 2)).toEqual(['reasoning', 'images']);
  });

  test('the score stays between 0 and 1', () => {
    expect(scoreComplexity(ask('Hi'), rules).score).toBe(0);
    const everything = ask(`${DESIGN} Prove, derive and compare. ${LOG}`.repeat(5), {
      tools: tools(50),
      reasoning_effort: 'max',
    });
    expect(scoreComplexity(everything, rules).score).toBe(1);
  });

  test('no user at all is no error', () => {
    expect(scoreComplexity({ model: 'auto', messages: [] }, rules).tier).toBe('haiku');
  });

  test.each([
    ['one endless word', 'a'],
    ['reminders that open', '<system-reminder>'],
    ['empty reminders', '<system-reminder></system-reminder>'],
    ['a word of the rules, over and over', 'step by '],
    ['brackets', '{[('],
    ['Chinese', '证'],
    ['line breaks', '\n'],
  ])('a megabyte of %s takes no time to speak of', (_name, unit) => {
    const text = unit.repeat(Math.ceil(1_000_000 / unit.length));
    const began = performance.now();
    scoreComplexity(ask(text), rules);
    expect(performance.now() - began).toBeLessThan(250);
  });
});
