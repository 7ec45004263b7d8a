import { expect, it } from 'vitest';
import { toInputSchema as forAnthropic } from '../../providers/anthropic/input-schema.ts';
import { toInputSchema as forBedrock } from '../../providers/bedrock/input-schema.ts';

it.each([
  ['anthropic', forAnthropic],
  ['bedrock', forBedrock],
])('keeps a property named __proto__ among alternatives (%s)', (_, toInputSchema) => {
  const text = '{"anyOf":[{"properties":{"__proto__":{"type":"string"},"a":{}}}]}';
  const { schema } = toInputSchema(JSON.parse(text) as Record<string, unknown>);
  expect(JSON.stringify(schema.properties)).toBe('{"__proto__":{"type":"string"},"a":{}}');
});
