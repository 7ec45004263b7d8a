import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../src/books/alerts/book.ts';
import type { Message } from '../../../src/books/alerts/grouping.ts';
import { requestTo } from '../../../src/books/alerts/payloads.ts';
import { type ReceiverEntry, receiverOf } from '../../../src/books/alerts/receivers.ts';
import { signature } from '../../../src/books/alerts/signature.ts';
import { HOOK, NOON } from './world.ts';

const open: Alert = {
  rule: 'circuit_open',
  subject: 'a/1',
  severity: 'warning',
  level: 1,
  summary: 'a/1 is not called: it fails',
  firedAtMs: NOON - 60_000,
};
const FIRING: Message = {
  rule: 'circuit_open',
  title: 'Circuit open',
  status: 'firing',
  severity: 'warning',
  news: [{ kind: 'fired', alert: open }],
  firing: [open, { ...open, subject: 'b/2', summary: 'b/2 is not called: it fails' }],
  atMs: NOON,
};
const RESOLVED: Message = { ...FIRING, status: 'resolved', news: [{ kind: 'resolved', alert: open }], firing: [] };
const LINES = ['new: a/1 is not called: it fails', 'still: b/2 is not called: it fails'];

const from = 'warning' as const;
const slack: ReceiverEntry = { name: 's', type: 'slack', from, url: 'https://hooks.slack.com/services/T0/B0/x' };
const discord: ReceiverEntry = { name: 'd', type: 'discord', from, url: 'https://discord.com/api/webhooks/1/x' };
const pagerduty: ReceiverEntry = {
  name: 'p',
  type: 'pagerduty',
  from,
  url: 'https://events.pagerduty.com/v2/enqueue',
  routingKey: 'R0123456789',
};
const opsgenie: ReceiverEntry = {
  name: 'o',
  type: 'opsgenie',
  from,
  url: 'https://api.opsgenie.com/',
  apiKey: 'G0123456789',
};

async function sentTo(entry: ReceiverEntry, message: Message) {
  const { url, headers, body } = await requestTo(receiverOf(entry), message, 'eu-1');
  return { url, headers, body: JSON.parse(body) as Record<string, unknown> };
}

const json = { 'content-type': 'application/json' };

const table: { name: string; to: ReceiverEntry; message: Message; sends: object }[] = [
  {
    name: 'Slack: blocks, and a text for notifications',
    to: slack,
    message: FIRING,
    sends: {
      url: 'https://hooks.slack.com/services/T0/B0/x',
      headers: json,
      body: {
        text: '[FIRING 2] Circuit open (eu-1)',
        blocks: [
          { type: 'header', text: { type: 'plain_text', text: '[FIRING 2] Circuit open' } },
          { type: 'section', text: { type: 'mrkdwn', text: LINES.join('\n') } },
          { type: 'context', elements: [{ type: 'mrkdwn', text: 'eu-1 · warning' }] },
        ],
      },
    },
  },
  {
    name: 'Discord: an embed, and nobody is mentioned',
    to: discord,
    message: FIRING,
    sends: {
      url: 'https://discord.com/api/webhooks/1/x',
      headers: json,
      body: {
        username: 'Signalbox',
        allowed_mentions: { parse: [] },
        embeds: [
          {
            title: '[FIRING 2] Circuit open',
            description: LINES.join('\n'),
            color: 0xf79009,
            timestamp: '2026-11-22T12:00:00.000Z',
            footer: { text: 'eu-1' },
          },
        ],
      },
    },
  },
  {
    name: 'PagerDuty: one incident a rule',
    to: pagerduty,
    message: FIRING,
    sends: {
      url: 'https://events.pagerduty.com/v2/enqueue',
      headers: json,
      body: {
        routing_key: 'R0123456789',
        dedup_key: 'signalbox/eu-1/circuit_open',
        event_action: 'trigger',
        client: 'Signalbox',
        payload: {
          summary: ['[FIRING 2] Circuit open', ...LINES].join(' · '),
          source: 'eu-1',
          severity: 'warning',
          timestamp: '2026-11-22T12:00:00.000Z',
          component: 'signalbox',
          class: 'circuit_open',
          custom_details: { alerts: LINES },
        },
      },
    },
  },
  {
    name: 'PagerDuty: resolved by the same key',
    to: pagerduty,
    message: RESOLVED,
    sends: {
      url: 'https://events.pagerduty.com/v2/enqueue',
      headers: json,
      body: { routing_key: 'R0123456789', dedup_key: 'signalbox/eu-1/circuit_open', event_action: 'resolve' },
    },
  },
  {
    name: 'Opsgenie: an alert with an alias',
    to: opsgenie,
    message: { ...FIRING, severity: 'critical' },
    sends: {
      url: 'https://api.opsgenie.com/v2/alerts',
      headers: { ...json, authorization: 'GenieKey G0123456789' },
      body: {
        message: '[FIRING 2] Circuit open',
        alias: 'signalbox/eu-1/circuit_open',
        description: LINES.join('\n'),
        source: 'eu-1',
        entity: 'signalbox',
        priority: 'P1',
        tags: ['signalbox', 'circuit_open'],
      },
    },
  },
  {
    name: 'Opsgenie: closed by the same alias',
    to: opsgenie,
    message: RESOLVED,
    sends: {
      url: 'https://api.opsgenie.com/v2/alerts/signalbox%2Feu-1%2Fcircuit_open/close?identifierType=alias',
      headers: { ...json, authorization: 'GenieKey G0123456789' },
      body: { source: 'eu-1', note: 'resolved: a/1 is not called: it fails' },
    },
  },
];

describe('a message', () => {
  it.each(table)('to $name', async ({ to, message, sends }) => expect(await sentTo(to, message)).toEqual(sends));

  it('to a webhook is signed over its time and its bytes', async () => {
    const { url, headers, body } = await requestTo(receiverOf(HOOK), FIRING, 'eu-1');
    expect(url).toBe('https://hooks.example/canary-address');
    const seconds = String(NOON / 1_000);
    expect(headers).toEqual({
      ...json,
      'x-signalbox-timestamp': seconds,
      'x-signalbox-signature': `sha256=${await signature('canary-secret-0123456789', `${seconds}.${body}`)}`,
    });
    expect(JSON.parse(body)).toEqual({
      version: 1,
      source: 'eu-1',
      rule: 'circuit_open',
      title: 'Circuit open',
      status: 'firing',
      severity: 'warning',
      at: '2026-11-22T12:00:00.000Z',
      news: [{ kind: 'fired', ...shown('a/1') }],
      firing: [shown('a/1'), shown('b/2')],
    });
    function shown(subject: string) {
      const summary = `${subject} is not called: it fails`;
      return { subject, severity: 'warning', level: 1, summary, firedAt: '2026-11-22T11:59:00.000Z' };
    }
  });

  it("to Slack cannot wake a channel by a tenant's name", async () => {
    const alert = { ...open, summary: 'tenant <!channel> & co' };
    const { body } = await sentTo(slack, { ...FIRING, news: [{ kind: 'fired', alert }], firing: [alert] });
    expect(JSON.stringify(body)).toContain('new: tenant &lt;!channel&gt; &amp; co');
    expect(JSON.stringify(body)).not.toContain('<!channel>');
  });

  const many = Array.from({ length: 500 }, (_, index) => {
    return { ...open, subject: `s${index}`, summary: `😀${'x'.repeat(300)}${index}` };
  });
  const storm: Message = { ...FIRING, title: 'T'.repeat(400), news: [], firing: many };
  /** Where a text stands, and how long it may be. */
  const places: [string, ReceiverEntry, [path: string, most: number][]][] = [
    [
      'Slack',
      slack,
      [
        ['blocks.0.text.text', 150],
        ['blocks.1.text.text', 3_000],
      ],
    ],
    [
      'Discord',
      discord,
      [
        ['embeds.0.title', 256],
        ['embeds.0.description', 4_096],
      ],
    ],
    [
      'PagerDuty',
      pagerduty,
      [
        ['payload.summary', 1_024],
        ['dedup_key', 255],
      ],
    ],
    [
      'Opsgenie',
      opsgenie,
      [
        ['message', 130],
        ['description', 15_000],
        ['alias', 512],
      ],
    ],
  ];
  it.each(places)('to %s is never longer than it takes', async (_name, to, texts) => {
    const { body } = await sentTo(to, storm);
    for (const [path, most] of texts) {
      const text = path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], body);
      expect(String(text).length).toBeGreaterThan(20);
      expect(String(text).length).toBeLessThanOrEqual(most);
      expect(String(text).isWellFormed()).toBe(true);
    }
    expect(JSON.stringify(body).length).toBeLessThan(40_000);
  });
});

describe('the signature', () => {
  it("is RFC 4231's second case", async () => {
    expect(await signature('Jefe', 'what do ya want for nothing?')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });
});
