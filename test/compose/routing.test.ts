import { describe, expect, it } from 'vitest';
import { parseConfiguration } from '../../src/config/parse.ts';
import { check } from '../../src/server/check.ts';

const composed = (yaml: string) =>
  check({
    configuration: parseConfiguration(yaml, 'signalbox.yaml', {}),
    environment: {},
    source: 'signalbox.yaml',
    practice: true,
  });

describe('routing.routes', () => {
  it('names no route that there is not', () => {
    expect(() => composed('routing: { routes: { atuo: { budgets: $10/day } } }')).toThrow(
      /^signalbox\.yaml: routing\.routes\.atuo: no route is called "atuo"; there are auto, (?!.*restart)/,
    );
  });

  it('names the routes of the rules, which later rules may not drop', () => {
    const rules = { routes: { code: { profile: 'quality' } } };
    const { reroute, gateway } = composed(
      `routing: { rules: ${JSON.stringify(rules)}, routes: { code: { budgets: $10/day }, auto: {} } }`,
    );
    expect(() => reroute({})).toThrow(/routing\.routes\.code: no route is called "code".*restart/);
    expect(gateway.routing.rules.routes.has('code')).toBe(true);
  });
});
