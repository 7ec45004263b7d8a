/** The table's columns: a model for each way of asking that a provider has, behind a gateway of its own. */
import { compose, type Composed } from '../../src/compose.ts';
import { Configuration, type ProviderEntry } from '../../src/config/schema.ts';
import { fetchHttp } from '../../src/platform/fetch-http.ts';
import { fetchTransport } from '../../src/platform/fetch-transport.ts';
import { consoleLog } from '../../src/platform/log.ts';
import { PRACTICE_KEY, practiceProviders } from '../../src/practice/index.ts';
import type { Asked } from './feature.ts';
import { HOUSE_MODEL } from './house-server.ts';

export interface Column {
  /** Two lines: who is asked, and which model. */
  title: readonly [provider: string, model: string];
  model: string;
  /** What every request of this column has besides its feature. */
  always?: (asked: Asked) => Asked;
  /** A server that the router has been told nothing about. */
  unknown?: boolean;
}

const IDLE_TOOL = {
  type: 'function' as const,
  function: { name: 'idle', parameters: { type: 'object', properties: {}, additionalProperties: false } },
};

/** A tool in the request is what sends newer OpenAI models to the Responses API. */
function withTool(asked: Asked): Asked {
  return asked.tools || asked.functions ? asked : { ...asked, tools: [IDLE_TOOL], tool_choice: 'none' };
}

export const COLUMNS = {
  'claude-5.5': { title: ['Anthropic', 'Sonnet 5.5'], model: 'anthropic/claude-sonnet-5-5' },
  'claude-4.5': { title: ['Anthropic', 'Haiku 4.5'], model: 'anthropic/claude-haiku-4-5' },
  'gpt-4.1': { title: ['OpenAI', 'gpt-4.1'], model: 'openai/gpt-4.1' },
  'gpt-6.1': { title: ['OpenAI', 'gpt-6.1-sol'], model: 'openai/gpt-6.1-sol' },
  responses: { title: ['OpenAI', 'gpt-6.1-sol with tools'], model: 'openai/gpt-6.1-sol', always: withTool },
  compatible: { title: ['Compatible server', 'any model'], model: `house/${HOUSE_MODEL}`, unknown: true },
  'gemini-2.5': { title: ['Gemini', '2.5 Flash'], model: 'gemini/gemini-2.5-flash' },
  'gemini-4': { title: ['Gemini', '4 Argon'], model: 'gemini/gemini-4-argon' },
  'bedrock-5.5': { title: ['Bedrock', 'Sonnet 5.5'], model: 'bedrock/global.anthropic.claude-sonnet-5-5' },
  'bedrock-4.6': { title: ['Bedrock', 'Sonnet 4.6'], model: 'bedrock/us.anthropic.claude-sonnet-4-6' },
  nova: { title: ['Bedrock', 'Nova Pro'], model: 'bedrock/us.amazon.nova-pro-v1:0' },
} as const satisfies Record<string, Column>;

export type ColumnName = keyof typeof COLUMNS;
export const COLUMN_NAMES = Object.keys(COLUMNS) as ColumnName[];

/** Never dialled: everything is answered in this process. */
const UPSTREAM = 'http://practice.invalid';
const HOUSE: Record<string, ProviderEntry> = {
  house: { dialect: 'openai', baseUrl: `${UPSTREAM}/house/v1`, apiKey: PRACTICE_KEY },
};

/** The router as it is, in front of these upstreams. */
export function startGateway(column: Column, upstream: (request: Request) => Promise<Response>): Composed['app'] {
  const providers = column.unknown ? HOUSE : practiceProviders(UPSTREAM);
  const configuration = Configuration.parse({ providers, log: { level: 'silent' } });
  const unused = () => () => Promise.reject(new Error('practice needs no credential'));
  return compose(configuration, {
    http: fetchHttp,
    transport: fetchTransport(upstream),
    log: consoleLog('silent'),
    credentials: { awsChain: unused, googleToken: unused },
    environment: {},
    source: 'conformance',
    practice: !column.unknown,
    isReady: () => true,
  }).app;
}
