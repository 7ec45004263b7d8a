import type { ConverseRequest } from '@aws-sdk/client-bedrock-runtime';
import type { Emulation, Warning } from '../../src/core/provider.ts';
import type { Wire } from './wire.ts';

/** The model's id stands in the path. */
export type ConverseBody = Omit<Wire<ConverseRequest>, 'modelId' | 'additionalModelRequestFields'> & {
  /** What only this model's vendor knows; Converse passes it through. */
  additionalModelRequestFields?: Record<string, unknown>;
};

/** One concern's share of a request. */
export interface Part {
  fields?: Omit<ConverseBody, 'additionalModelRequestFields'>;
  additional?: Record<string, unknown>;
  /** Sentences for the end of the system prompt. */
  says?: string[];
  warnings?: Warning[];
  emulate?: Emulation;
}

export function dropped(param: string, note?: string): Warning {
  return { param, action: 'dropped', ...(note !== undefined && { note }) };
}

export function changed(param: string, note: string): Warning {
  return { param, action: 'changed', note };
}

export function emulated(param: string): Warning {
  return { param, action: 'emulated' };
}
