/** Where the operator's rules are written, and whether they can be written there from here. */
import { accessSync, constants, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { parseConfiguration } from '../config/parse.ts';
import { rulesIn, withRules } from '../config/rules-file.ts';
import type { Loaded } from './configuration.ts';
import { documentIn, linesOf } from './rules-files.ts';

export type From = Pick<Loaded, 'source' | 'file' | 'environment'>;

export interface Put {
  whole: string;
  text: string;
}

export interface RulesPlace {
  /** What can be written; links are followed. */
  path: string;
  name: string;
  format: 'yaml' | 'json';
  text: string;
  /** Why it cannot be written; undefined: it can. */
  readOnly: string | undefined;
  /** What would be in force. Throws what is wrong with it. */
  documentOf: (text: string) => unknown;
  /** The file with these rules, and as it will say them. Throws where they cannot stand in it. */
  put: (text: string) => Put;
}

const NO_FILE =
  'the router was started without a configuration file. Write a signalbox.yaml and start it again, and its rules can be changed here';

export function findRules({ file, source, environment }: From): RulesPlace | { readOnly: string } {
  if (file === undefined) return { readOnly: NO_FILE };
  try {
    const whole = readFileSync(file, 'utf8');
    const { rules } = parseConfiguration(whole, source, environment).routing;
    if (typeof rules === 'string') return ownFile(resolve(dirname(file), rules), rules);
    return withinConfiguration(whole, { file, source, environment });
  } catch (cause) {
    return { readOnly: `the configuration cannot be read just now: ${linesOf(cause).join('; ')}` };
  }
}

function ownFile(given: string, name: string): RulesPlace {
  const path = realpathSync(given);
  return {
    path,
    name,
    format: path.endsWith('.json') ? 'json' : 'yaml',
    text: readFileSync(path, 'utf8'),
    readOnly: obstacleTo(path),
    documentOf: (text) => documentIn(text, path),
    put(text) {
      const whole = text.endsWith('\n') ? text : `${text}\n`;
      return { whole, text: whole };
    },
  };
}

function withinConfiguration(whole: string, { file = '', source, environment }: From): RulesPlace {
  const path = realpathSync(file);
  const found = rulesIn(whole);
  const put = (text: string) => putInto(whole, text);
  return {
    path,
    name: `${basename(file)}, below routing.rules`,
    format: 'yaml',
    text: found.ok ? found.text : '',
    readOnly: found.ok ? obstacleTo(path) : found.reason,
    documentOf(text) {
      if (text.trim() !== '') documentIn(text, 'rules.yaml'); // So that a line that is wrong is the line of this text.
      return parseConfiguration(put(text).whole, source, environment).routing.rules;
    },
    put,
  };
}

function putInto(configuration: string, rules: string): Put {
  const written = withRules(configuration, rules);
  if (!written.ok) throw new Error(written.reason);
  const said = rulesIn(written.text);
  if (!said.ok) throw new Error(said.reason);
  return { whole: written.text, text: said.text };
}

/** Another file is put in its place: the folder must be writable, too. */
function obstacleTo(path: string): string | undefined {
  for (const each of [path, dirname(path)]) {
    try {
      accessSync(each, constants.W_OK);
    } catch {
      return `${each} cannot be written by this process`;
    }
  }
  return undefined;
}
