import { record } from '../shared/refusal.ts';
import type { GeminiPart } from './wire.ts';

type PartialArg = NonNullable<NonNullable<GeminiPart['functionCall']>['partialArgs']>[number];

/** One step of a JSON path: `.name`, `['name']` or `[0]`. */
const STEP = /\.([^.[\]]+)|\['([^']*)'\]|\["([^"]*)"\]|\[(\d{1,4})\]/g;

/**
 * The arguments with one more leaf. Vertex can send a call leaf by leaf (`streamFunctionCallArguments`), each with its
 * JSON path; the pieces of a string add up.
 */
export function withPartialArg(args: Record<string, unknown>, piece: PartialArg): Record<string, unknown> {
  const steps = [...(piece.jsonPath ?? '').matchAll(STEP)].map(([, bare, single, double, index]) =>
    index === undefined ? (bare ?? single ?? double ?? '') : Number(index),
  );
  return record(put(args, steps, piece)) ?? args;
}

function put(value: unknown, [step, ...rest]: readonly (string | number)[], piece: PartialArg): unknown {
  if (step === undefined) return toLeaf(value, piece);
  if (typeof step === 'number') {
    const list: unknown[] = Array.isArray(value) ? [...value] : [];
    list[step] = put(list[step], rest, piece);
    return list;
  }
  const object = record(value) ?? {};
  return { ...object, [step]: put(Object.hasOwn(object, step) ? object[step] : undefined, rest, piece) };
}

function toLeaf(sofar: unknown, { stringValue, numberValue, boolValue }: PartialArg): unknown {
  if (stringValue !== undefined) return typeof sofar === 'string' ? sofar + stringValue : stringValue;
  return numberValue ?? boolValue ?? null;
}
