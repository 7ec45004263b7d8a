/** `signalbox.yaml` as a configuration, or errors that name the file, the path and what would be right. */
import { type Document, parseDocument } from 'yaml';
import * as z from 'zod';
import { nameOfTenant } from '../books/tenants/names.ts';
import { adminProblems } from './admin.ts';
import { Configuration, DIALECTS } from './schema.ts';

/** Everything that is wrong with a configuration, a line each. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly problems: readonly string[];

  constructor(source: string, problems: readonly string[]) {
    super(problems.map((problem) => `${source}: ${problem}`).join('\n'));
    this.problems = problems;
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Many keys may share one anchor; what is more is a bomb. */
const MAX_ALIASES = 10_000;

/** `source` is the name that errors show: the file. */
export function parseConfiguration(text: string, source: string, environment: Environment): Configuration {
  const document = parseDocument(text, { prettyErrors: true });
  if (document.errors.length > 0) {
    throw new ConfigurationError(
      source,
      document.errors.map(({ message }) => `is not YAML: ${message.split('\n')[0]}`),
    );
  }
  const missing: string[] = [];
  const filled = fillIn(valueOf(document, source) ?? {}, [], { environment, missing });
  if (missing.length > 0) throw new ConfigurationError(source, missing);
  const parsed = Configuration.safeParse(filled);
  if (!parsed.success) throw new ConfigurationError(source, parsed.error.issues.flatMap(explain));
  const problems = crossCheck(parsed.data);
  if (problems.length > 0) throw new ConfigurationError(source, problems);
  return parsed.data;
}

/** What the aliases stand for is found only here. */
function valueOf(document: Document.Parsed, source: string): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new ConfigurationError(source, [`is not YAML: ${why}`]);
  }
}

interface FillIn {
  environment: Environment;
  missing: string[];
}

/** Puts the environment's values where `${NAME}` or `${NAME:-default}` stands. Only values, never keys. */
function fillIn(value: unknown, path: readonly string[], context: FillIn): unknown {
  if (typeof value === 'string') return fillText(value, path, context);
  if (Array.isArray(value)) return value.map((item, index) => fillIn(item, [...path, String(index)], context));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillIn(item, [...path, key], context)]));
}

function fillText(text: string, path: readonly string[], { environment, missing }: FillIn): string {
  return text.replace(/\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}/g, (_, name: string, fallback: string | undefined) => {
    const value = environment[name] || fallback;
    if (value !== undefined) return value;
    missing.push(`${path.join('.')}: the environment has no ${name}; set it, or give a default as \${${name}:-…}`);
    return '';
  });
}

function explain(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.join('.');
  const at = path ? `${path}: ` : '';
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${path ? `${path}.` : ''}${key}: there is no such setting${hint(key, issue.path)}`);
  }
  return [`${at}${issue.message}`];
}

/** The setting that was probably meant. */
function hint(key: string, path: readonly PropertyKey[]): string {
  const known = settingsAt(path);
  const near = known.find((name) => distance(name.toLowerCase(), key.toLowerCase()) <= 2);
  if (near) return `; did you mean "${near}"?`;
  return known.length > 0 ? `; here are: ${known.join(', ')}` : '';
}

function settingsAt(path: readonly PropertyKey[]): string[] {
  let schema = bare(Configuration);
  for (const step of path) {
    if (schema instanceof z.ZodObject) schema = bare(schema.shape[String(step)]);
    else if (schema instanceof z.ZodRecord) schema = bare(schema.valueType);
    else if (schema instanceof z.ZodArray) schema = bare(schema.element);
  }
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** Without its default, and whether it may be left out. */
function bare(schema: unknown): unknown {
  const isWrapped =
    schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  return isWrapped ? bare(schema.unwrap()) : schema;
}

function crossCheck(configuration: Configuration): string[] {
  const { providers, models } = configuration;
  const declared = Object.keys(providers);
  const names = declared.length > 0 ? declared : [...DIALECTS]; // Without `providers`, the dialects' own names stand for them.
  const problems: string[] = [];
  for (const [name, entry] of Object.entries(providers)) {
    const isDialect = (DIALECTS as readonly string[]).includes(name);
    if (!entry.dialect && !isDialect) {
      problems.push(`providers.${name}.dialect: say which API it speaks: ${DIALECTS.join(', ')}`);
    }
    if (entry.apiKey && entry.apiKeys) {
      problems.push(`providers.${name}.apiKey: apiKeys stands in its place; write this key there, too`);
    }
  }
  for (const [model, { deployments }] of Object.entries(models)) {
    deployments.forEach(({ provider }, index) => {
      if (names.includes(provider)) return;
      problems.push(`models.${model}.deployments.${index}.provider: ${noProvider(provider, names)}`);
    });
  }
  for (const setting of ['run', 'upstream'] as const) {
    configuration.batches[setting].forEach((provider, index) => {
      if (!names.includes(provider)) problems.push(`batches.${setting}.${index}: ${noProvider(provider, names)}`);
    });
  }
  configuration.keys.forEach(({ name, tenant }, index) => {
    if (tenant !== undefined || !Object.hasOwn(configuration.tenants, name)) return;
    problems.push(`keys.${index}.name: ${nameOfTenant(name)}`);
  });
  problems.push(...adminProblems(configuration.admin, configuration.keys));
  return problems;
}

function noProvider(name: string, names: readonly string[]): string {
  return `there is no provider "${name}"; there are: ${names.join(', ')}`;
}

/** Levenshtein's, for words of a configuration. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next[j] = Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1);
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
