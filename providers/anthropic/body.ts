import type { MessageCreateParamsBase } from '@anthropic-ai/sdk/resources/messages';
import type { Emulation, Warning } from '../../src/core/provider.ts';

/** The SDK's own type, and what API version 2023-06-01 still takes but the SDK no longer names. */
export interface MessagesBody extends MessageCreateParamsBase {
  temperature?: number;
  top_p?: number;
  top_k?: number;
}

/** A request that is being written: each concern adds its share. */
export interface Draft {
  body: MessagesBody;
  /** Sentences for the end of the system prompt. */
  says: string[];
  warnings: Warning[];
  emulate: Emulation;
}

export function dropped(param: string, note?: string): Warning {
  return note === undefined ? { param, action: 'dropped' } : { param, action: 'dropped', note };
}

export function changed(param: string, note: string): Warning {
  return { param, action: 'changed', note };
}

export function emulated(param: string): Warning {
  return { param, action: 'emulated' };
}
