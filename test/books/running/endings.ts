/** Every way in which a request ends: who plays the providers, what the client does, and what the books should say. */
import { request as dial } from 'node:http';
import { ask } from '../../chaos/client.ts';
import { type Providers, type Script } from '../../chaos/providers.ts';
import { refuses, resets, says, stays, streams, well } from '../../chaos/scripts.ts';

export interface Ending {
  name: string;
  /** The providers of the model `one`, in this order. */
  first: Script;
  second?: Script;
  /** Lines of the configuration. */
  settings?: string;
  ofModel?: string;
  /** What is asked before, by nobody whose limits are looked at; and what the first provider does for it. */
  before?: { times: number; body: object; first: Script };
  body?: object;
  headers?: Record<string, string>;
  leaves?: 'when it is asked' | 'at the first byte' | 'while it waits';
  /** What the client gets; undefined where it left. */
  status?: number;
  /** In the ledger; undefined: no row. */
  outcome?: string;
  /** Calls to providers; at least one where it is not said. A request that called nobody is none. */
  calls?: number;
  /** It took tokens, and so it cost something. */
  costs?: boolean;
  /** Tokens of the request, at least: of more than one prompt where more than one was answered. */
  leastTokens?: number;
  row?: object;
}

const half = streams(({ wire }) => wire.open + wire.words('on and on'), stays);
const torn = streams(({ wire }) => wire.open + wire.words('on and on'), resets);
const late =
  (ms: number, script: Script): Script =>
  (told) =>
    void setTimeout(() => script(told), ms);
const STREAM = { stream: true };

export const ENDINGS: readonly Ending[] = [
  { name: 'an answer', first: well('yes'), status: 200, outcome: 'ok', calls: 1, costs: true },
  { name: 'a stream to its end', first: well('yes'), body: STREAM, status: 200, outcome: 'ok', calls: 1, costs: true },
  { name: 'an error of the provider', first: refuses(500, 'server_error'), status: 502, outcome: 'fault' },
  {
    name: 'an answer after a failover',
    first: refuses(500, 'server_error'),
    second: well('yes'),
    status: 200,
    outcome: 'ok',
    calls: 2,
    costs: true,
    row: { fallback: true },
  },
  {
    name: 'the client leaves before the head',
    first: says(''),
    leaves: 'when it is asked',
    outcome: 'client_gone',
    calls: 1,
  },
  {
    name: 'the client leaves a stream before the head',
    first: says(''),
    body: STREAM,
    leaves: 'when it is asked',
    outcome: 'client_gone',
    calls: 1,
  },
  {
    name: 'the client leaves in mid-stream',
    first: half,
    body: STREAM,
    leaves: 'at the first byte',
    outcome: 'client_gone',
    calls: 1,
    costs: true,
  },
  {
    name: 'the client leaves while it waits for room',
    first: well('yes'),
    settings: 'reliability: { queue: { maxWaitMs: 100000 } }',
    ofModel: 'limits: { requestsPerMinute: 1 }',
    before: { times: 1, body: {}, first: well('yes') },
    leaves: 'while it waits',
    outcome: 'client_gone',
    calls: 0,
  },
  {
    name: 'the deadline',
    first: says(''),
    headers: { 'x-signalbox-deadline-ms': '100' },
    status: 504,
    outcome: 'timeout',
    calls: 1,
  },
  {
    name: 'a stall in mid-stream',
    first: half,
    body: STREAM,
    settings: 'server: { idleTimeoutMs: 150 }',
    status: 200,
    outcome: 'stalled',
    calls: 1,
    costs: true,
  },
  {
    name: 'a stream that goes on elsewhere',
    first: torn,
    second: well('on and on, and on'),
    body: STREAM,
    settings: 'stream: { onBreak: continue }',
    status: 200,
    outcome: 'ok',
    calls: 2,
    costs: true,
    leastTokens: 50,
    row: { continued: true },
  },
  {
    name: 'a stream that was to go on elsewhere, and could not',
    first: torn,
    second: refuses(500, 'server_error'),
    body: STREAM,
    settings: 'stream: { onBreak: continue }',
    status: 200,
    outcome: 'truncated',
    costs: true,
  },
  {
    name: 'a stream that breaks off',
    first: torn,
    body: STREAM,
    status: 200,
    outcome: 'truncated',
    calls: 1,
    costs: true,
  },
  {
    name: 'a hedge',
    first: late(1_000, well('late')),
    second: well('yes'),
    settings: 'reliability: { hedge: true }',
    before: { times: 20, body: STREAM, first: well('yes') },
    body: STREAM,
    status: 200,
    outcome: 'ok',
    calls: 2,
    costs: true,
  },
  {
    name: 'a shadow',
    first: well('yes'),
    settings: 'routing: { rules: { rules: [{ name: copy, do: { use: [one], shadow: { use: two } } }] } }',
    body: { model: 'auto' },
    status: 200,
    outcome: 'ok',
    calls: 1,
    costs: true,
  },
  {
    name: 'an answer of the operator’s in an emergency',
    first: refuses(500, 'server_error'),
    settings: 'reliability: { emergency: { mode: on, answer: "Later." } }',
    status: 200,
    outcome: 'fault',
  },
  {
    name: 'background work in an emergency',
    first: well('yes'),
    settings: 'reliability: { emergency: { mode: on } }',
    headers: { 'x-signalbox-priority': 'background' },
    status: 429,
    outcome: 'capacity',
    calls: 0,
  },
  {
    name: 'no room',
    first: well('yes'),
    settings: 'reliability: { queue: { maxWaiting: 0 } }',
    ofModel: 'limits: { requestsPerMinute: 1 }',
    before: { times: 1, body: {}, first: well('yes') },
    status: 429,
    outcome: 'capacity',
    calls: 0,
  },
  {
    name: 'a credential that is known to be refused',
    first: refuses(401, 'authentication_error'),
    before: { times: 1, body: {}, first: refuses(401, 'authentication_error') },
    status: 502,
    outcome: 'credential',
    calls: 0,
  },
  {
    name: 'a request that the provider calls invalid',
    first: refuses(400, 'invalid_request_error'),
    status: 400,
    outcome: 'caller',
    calls: 1,
  },
  { name: 'a request that is invalid', first: well('yes'), body: { messages: 'none' }, status: 400, calls: 0 },
  {
    name: 'a model that there is not',
    first: well('yes'),
    body: { model: 'none' },
    status: 404,
    outcome: 'model_not_found',
    calls: 0,
  },
];

/** Asks as the ending says. Resolves when the client has its answer, or has left. */
export async function end(
  { body = {}, headers = {}, leaves }: Ending,
  url: string,
  { key, providers }: { key: string; providers: Providers },
): Promise<number | undefined> {
  const text = JSON.stringify({ model: 'one', messages: [{ role: 'user', content: 'Hi' }], max_tokens: 50, ...body });
  const all = { ...headers, authorization: `Bearer ${key}` };
  if (!leaves) return (await ask(url, text, { headers: all })).status;
  const calls = providers.calls('/first');
  const asked = dial(`${url}/v1/chat/completions`, { method: 'POST', agent: false, headers: all });
  asked.on('error', () => {}); // It leaves; that is what is tested.
  const heard = new Promise<void>((resolve) =>
    asked.on('response', (response) => response.once('data', () => resolve())),
  );
  asked.end(text);
  if (leaves === 'at the first byte') await heard;
  else if (leaves === 'while it waits') await new Promise((later) => setTimeout(later, 60));
  else while (providers.calls('/first') === calls) await new Promise((later) => setTimeout(later, 2));
  asked.destroy();
  return undefined;
}
