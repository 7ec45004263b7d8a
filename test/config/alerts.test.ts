import { describe, expect, it } from 'vitest';
import { RULE_NAMES } from '../../src/books/alerts/rules.ts';
import { Alerting } from '../../src/config/alerts.ts';
import { Prices, Telemetry } from '../../src/config/telemetry.ts';

const slack = (url: string) => ({ receivers: [{ name: 'ops', type: 'slack', url }] });

describe('alerts:', () => {
  it.each([
    ['nothing at all', {}],
    ['https', slack('https://hooks.slack.com/services/x')],
    ['http on this machine', slack('http://127.0.0.1:9000/hook')],
    ['http on this machine, in IPv6', slack('http://[::1]:9000/hook')],
    ['PagerDuty without an address', { receivers: [{ name: 'p', type: 'pagerduty', routingKey: 'R0123456789' }] }],
    ['every rule switched off', { off: [...RULE_NAMES] }],
  ])('accepts %s', (_name, value) => expect(Alerting.safeParse(value).error).toBeUndefined());

  it.each([
    ['http elsewhere', slack('http://hooks.example/x'), 'use https; only this machine may be told over http'],
    ['a name that looks like this machine', slack('http://127.0.0.1.example/x'), 'use https'],
    ['a password in the address', slack('https://a:b@hooks.example/x'), 'no user name or password'],
    ['another protocol', slack('file:///etc/passwd'), 'Invalid URL'],
    ['thresholds that do not ascend', { thresholdsPercent: [90, 80] }, 'must ascend'],
    [
      'two receivers of one name',
      { receivers: [...slack('https://a').receivers, ...slack('https://b').receivers] },
      'a name of its own',
    ],
    [
      'a webhook without a secret',
      { receivers: [{ name: 'h', type: 'webhook', url: 'https://a' }] },
      'expected string',
    ],
    ['a rule that there is not', { off: ['everything'] }, 'Invalid option'],
  ])('refuses %s', (_name, value, message) => {
    expect(Alerting.safeParse(value).error?.message).toContain(message);
  });

  it('knows the rules that there are', () => {
    expect(Alerting.parse({ off: RULE_NAMES }).off).toEqual(RULE_NAMES);
    expect(Alerting.shape.off.unwrap().element.options).toEqual(RULE_NAMES);
  });
});

describe('telemetry: and prices:', () => {
  it('sends nothing unless it is told where to', () => expect(Telemetry.parse({})).toEqual({}));

  it('takes a collector in the cluster', () => {
    const { otlp } = Telemetry.parse({ otlp: { endpoint: 'http://otel-collector:4318' } });
    expect(otlp).toEqual({
      endpoint: 'http://otel-collector:4318',
      headers: {},
      sample: 1,
      callers: 'link',
      attributes: {},
    });
  });

  it.each([
    ['a collector with a password in its address', { otlp: { endpoint: 'http://a:b@c:4318' } }],
    ['more than all requests', { otlp: { endpoint: 'http://c', sample: 2 } }],
  ])('refuses %s', (_name, value) => expect(Telemetry.safeParse(value).success).toBe(false));

  it('lets an unknown price pass, loudly', () => expect(Prices.parse({})).toEqual({ unknown: 'allow' }));
});
