import { PRACTICE_KEY, practiceFetch } from '../../src/practice/index.ts';

export type Dialect = 'anthropic' | 'chat' | 'responses' | 'gemini' | 'bedrock';
type Fields = Record<string, unknown>;

export const DIALECTS: readonly Dialect[] = ['anthropic', 'chat', 'responses', 'gemini', 'bedrock'];

/** A request that is right in each dialect, around one text. */
const BODIES: Record<Dialect, (text: string) => Fields> = {
  anthropic: (text) => ({
    model: 'claude-haiku-4-5',
    max_tokens: 4000,
    messages: [{ role: 'user', content: text }],
  }),
  chat: (text) => ({ model: 'gpt-4.1', messages: [{ role: 'user', content: text }] }),
  responses: (text) => ({ model: 'gpt-4.1', input: text }),
  gemini: (text) => ({ contents: [{ role: 'user', parts: [{ text }] }] }),
  bedrock: (text) => ({ messages: [{ role: 'user', content: [{ text }] }] }),
};

interface Practising {
  /** Laid over the usual body. */
  fields?: Fields;
  headers?: Record<string, string | undefined>;
  stream?: boolean;
  model?: string;
  paceMs?: number;
  signal?: AbortSignal;
}

export async function practise(dialect: Dialect, text: string, options: Practising = {}): Promise<Response> {
  const { fields = {}, stream = false, model, paceMs = 0, signal } = options;
  const inBody = dialect === 'anthropic' || dialect === 'chat' || dialect === 'responses';
  const body = {
    ...BODIES[dialect](text),
    ...(inBody && stream && { stream }),
    ...(inBody && model && { model }),
    ...fields,
  };
  const headers = Object.entries({ ...credential(dialect), ...options.headers }).filter(
    ([, value]) => value !== undefined,
  );
  const request = new Request(`http://practice.invalid${pathOf(dialect, stream, model)}`, {
    method: 'POST',
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });
  return await practiceFetch({ paceMs })(request);
}

function credential(dialect: Dialect): Record<string, string> {
  if (dialect === 'anthropic') return { 'x-api-key': PRACTICE_KEY, 'anthropic-version': '2023-06-01' };
  return dialect === 'gemini' ? { 'x-goog-api-key': PRACTICE_KEY } : { authorization: `Bearer ${PRACTICE_KEY}` };
}

function pathOf(dialect: Dialect, stream: boolean, model: string | undefined): string {
  switch (dialect) {
    case 'anthropic':
      return '/anthropic/v1/messages';
    case 'chat':
      return '/openai/v1/chat/completions';
    case 'responses':
      return '/openai/v1/responses';
    case 'gemini':
      return `/gemini/v1beta/models/${model ?? 'gemini-3.6-flash'}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`;
    case 'bedrock':
      return `/bedrock/model/${encodeURIComponent(model ?? 'us.anthropic.claude-sonnet-4-6-v1:0')}/converse${stream ? '-stream' : ''}`;
  }
}
