import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Composed } from '../compose.ts';
import { ConfigurationError } from '../config/parse.ts';
import type { Log } from '../platform/log.ts';
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

/** On SIGHUP. A document with a mistake changes nothing, and the log says what is wrong. */
export function reprice({ reprice: load }: Pick<Composed, 'reprice'>, loaded: Loaded, log: Log): void {
  const { file } = loaded.configuration.prices;
  if (file === undefined) return;
  try {
    log.info({ file, ...load(pricesIn(file, loaded)) }, 'prices: the new ones are in force');
  } catch (cause) {
    const mistakes = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    log.error({ file, mistakes }, 'prices: the old ones stay in force');
  }
}
