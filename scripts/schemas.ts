/** Writes the JSON Schemas that editors read, from the zod schemas that the router reads: npm run schemas */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { Configuration } from '../src/config/schema.ts';
import { CatalogFile } from '../src/routing/catalog-file.ts';
import { RulesDocument } from '../src/routing/rules/document.ts';
import { ComplexityFile } from '../src/routing/score/file.ts';

type Schema = Record<string, unknown>;

/** Stands for the whole text or a part of it, and is filled before anything else is checked. */
const PLACEHOLDER = { type: 'string', pattern: '\\$\\{[A-Za-z_]\\w*(:-[^}]*)?\\}' };
const TEXT_RULES = ['minLength', 'maxLength', 'pattern', 'format', 'enum'];

/** Each file's schema, by the file's path. */
export function schemas(): Record<string, Schema> {
  return {
    'docs/signalbox.schema.json': fillable(toSchema(Configuration)),
    'routing-rules/complexity.schema.json': toSchema(ComplexityFile),
    'routing-rules/models.schema.json': toSchema(CatalogFile),
    'routing-rules/rules.schema.json': toSchema(RulesDocument),
  };
}

function toSchema(type: z.ZodType): Schema {
  return withoutNoise(z.toJSONSchema(type, { io: 'input', target: 'draft-7' })) as Schema;
}

/** zod bounds every integer by what JavaScript can count. */
function withoutNoise(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNoise);
  if (!isSchema(value)) return value;
  const kept = Object.entries(value).filter(([, item]) => Math.abs(Number(item)) !== Number.MAX_SAFE_INTEGER);
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutNoise(item)]));
}

/** With `${NAME}` wherever a text is expected. Names of entries are never filled, numbers and switches neither. */
function fillable(schema: Schema): Schema {
  const entries = Object.entries(schema).map(([key, value]) => [key, key === 'propertyNames' ? value : within(value)]);
  const { description, default: usual, ...rules } = Object.fromEntries(entries) as Schema;
  const isRuled = rules.type === 'string' && TEXT_RULES.some((rule) => rule in rules);
  if (!isRuled) return Object.fromEntries(entries) as Schema;
  return {
    ...(description !== undefined && { description }),
    ...(usual !== undefined && { default: usual }),
    anyOf: [rules, PLACEHOLDER],
  };
}

function within(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(within);
  return isSchema(value) ? fillable(value) : value;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

if (import.meta.main) {
  const made = schemas();
  for (const [file, schema] of Object.entries(made)) writeFileSync(file, JSON.stringify(schema, null, 2));
  execFileSync('node_modules/.bin/oxfmt', Object.keys(made), { stdio: 'inherit' });
}
