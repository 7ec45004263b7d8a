import { Validator } from '@cfworker/json-schema';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { schemas } from '../scripts/schemas.ts';

const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
const made = schemas();
const problems = (file: string, value: unknown) => new Validator(made[file] ?? false, '7').validate(value).errors;
const configuration = (yaml: string) => problems('docs/signalbox.schema.json', parse(yaml));

describe('the committed JSON Schemas', () => {
  it.each(Object.keys(made))('%s is what `npm run schemas` writes', (file) => expect(read(file)).toEqual(made[file]));

  it.each([
    ['routing-rules/models.json', 'routing-rules/models.schema.json'],
    ['routing-rules/rules.json', 'routing-rules/rules.schema.json'],
    ['routing-rules/complexity.json', 'routing-rules/complexity.schema.json'],
  ])('%s is valid under its schema', (file, schema) => expect(problems(schema, read(file))).toEqual([]));
});

describe('an editor', () => {
  it.each([
    ['a placeholder for a key', 'keys: [{ name: app, key: "${APP_KEY}" }]'],
    ['a placeholder for a part of an address', 'providers: { azure: { dialect: openai, baseUrl: "${URL}/v1" } }'],
    ['a placeholder for a word of a list', 'log: { level: "${LOG_LEVEL:-info}" }'],
    ['an empty file', '{}'],
  ])('accepts %s', (_what, yaml) => expect(configuration(yaml)).toEqual([]));

  it.each([
    ['a setting that there is not', 'server: { prot: 1 }'],
    ['a placeholder for a number, which the router refuses too', 'server: { port: "${PORT}" }'],
    ['a placeholder for a name, which is never filled', 'providers: { "${NAME}": { dialect: openai } }'],
    ['a word that is not on the list', 'log: { level: loud }'],
  ])('marks %s', (_what, yaml) => expect(configuration(yaml)).not.toEqual([]));
});
