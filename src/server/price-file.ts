import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { ConfigurationError } from '../config/parse.ts';
import type { Loaded } from './configuration.ts';
import { pathOf } from './stores.ts';

/** The document of `prices.file`, YAML or JSON; undefined where there is none. */
export function pricesIn(path: string | undefined, { source, file }: Pick<Loaded, 'source' | 'file'>): unknown {
  if (path === undefined) return undefined;
  try {
    return parse(readFileSync(pathOf(path, file), 'utf8')) as unknown;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigurationError(source, [`prices.file: ${path} cannot be read: ${why}`]);
  }
}
