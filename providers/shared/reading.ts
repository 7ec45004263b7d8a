import type { Call, Warning } from '../../src/core/provider.ts';
import type { ConversationRules } from './conversation.ts';

/** What is remembered while the messages of one call are read. */
export interface Reading {
  readonly call: Call;
  readonly rules: ConversationRules;
  readonly warnings: Warning[];
  /** OpenAI's old `function_call`s seen so far: they have no ids of their own. */
  functionCalls: number;
  /** The id that was made for the open `function_call` of each name. */
  readonly openFunctions: Map<string, string>;
}

export function startReading(call: Call, rules: ConversationRules): Reading {
  return { call, rules, warnings: [], functionCalls: 0, openFunctions: new Map() };
}

/** The first of its kind speaks for all: a long history must not become a long response header. */
export function warn(reading: Reading, warning: Required<Warning>): void {
  if (reading.warnings.some((known) => known.note === warning.note)) return;
  reading.warnings.push(warning);
}
