/** The doors beside chat, and what is asked of each. */
import { COLUMN_NAMES, type ColumnName } from '../columns.ts';
import type { Exception } from '../expected.ts';
import type { Support } from '../feature.ts';
import { COMPLETION_FEATURES, COMPLETIONS } from './completions.ts';
import { EXPECTED } from './expected.ts';
import type { DoorClient, DoorFeature } from './feature.ts';
import { GEMINI } from './gemini.ts';
import { GEMINI_FEATURES } from './gemini-features.ts';
import { MESSAGES } from './messages.ts';
import { MESSAGES_FEATURES } from './messages-features.ts';
import { RESPONSES } from './responses.ts';
import { RESPONSES_FEATURES } from './responses-features.ts';

export interface DoorTable {
  title: string;
  /** Which SDK asks, and what is peculiar. */
  about: string;
  client: DoorClient;
  features: readonly DoorFeature[];
  /** The columns whose provider speaks this API begin so. */
  own: string | undefined;
}

export const DOORS: readonly DoorTable[] = [
  {
    title: 'Responses',
    about: '`POST /v1/responses`, asked by `openai`. The router keeps the responses itself, at OpenAI too.',
    client: RESPONSES,
    features: RESPONSES_FEATURES,
    own: 'gpt',
  },
  {
    title: 'Messages',
    about: '`POST /v1/messages`, asked by `@anthropic-ai/sdk`.',
    client: MESSAGES,
    features: MESSAGES_FEATURES,
    own: 'claude',
  },
  {
    title: 'Gemini',
    about: '`POST /v1beta/models/{model}:generateContent`, and the same streamed, asked by `@google/genai`.',
    client: GEMINI,
    features: GEMINI_FEATURES,
    own: 'gemini',
  },
  {
    title: 'Completions',
    about: '`POST /v1/completions`, the older form, asked by `openai`. All of them are answered by chat.',
    client: COMPLETIONS,
    features: COMPLETION_FEATURES,
    own: undefined,
  },
];

/** Tools in the request change nothing here but where the answer comes from. */
export const DOOR_COLUMNS = COLUMN_NAMES.filter((name) => name !== 'responses');

export function exceptionAt(door: DoorTable, feature: string, column: ColumnName): Exception | undefined {
  return EXPECTED[door.client.name]?.[feature]?.find(({ columns }) => columns.includes(column));
}

export function expectedAt(door: DoorTable, feature: DoorFeature, column: ColumnName): Support {
  const isOwn = door.own !== undefined && column.startsWith(door.own) && !feature.isTrouble;
  return exceptionAt(door, feature.name, column)?.support ?? (isOwn ? 'passed' : 'native');
}
