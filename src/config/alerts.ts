/** `alerts:` of the configuration: what is worth a message, and who gets it. */
import * as z from 'zod';
import { isLoopback } from './loopback.ts';
import { Credential } from './sendable.ts';

const Count = z.int().min(1);
const Milliseconds = (ms: number, what: string) => Count.default(ms).describe(`${what}, in milliseconds`);
const Percents = (values: number[], what: string) =>
  z
    .array(z.number().gt(0).max(100))
    .min(1)
    .max(10)
    .refine((list) => list.every((value, index) => index === 0 || value > (list[index - 1] ?? 0)), 'must ascend')
    .default(values)
    .describe(what);

/** No user name and no password: addresses are shown to people, and requests would go without them. */
export const Address = z
  .url({ protocol: /^https?$/, error: 'is no address: it begins with https:// or http://', abort: true })
  .refine((text) => {
    const url = URL.parse(text);
    return url !== null && url.username === '' && url.password === '';
  }, 'put no user name or password into the address');

/** Paths come behind it: they would stand in its query. */
export const BaseAddress = Address.refine((text) => {
  const url = URL.parse(text);
  return url !== null && url.search === '' && url.hash === '';
}, 'takes no ? and no #: paths come behind it');

/** Nobody on the way may read what goes there. */
const SafeAddress = Address.refine((text) => {
  const url = URL.parse(text);
  return url !== null && (url.protocol === 'https:' || isLoopback(url.hostname));
}, 'use https; only this machine may be told over http');

const common = {
  name: z.string().regex(/^[\w.:-]{1,64}$/, 'use letters, digits and . : _ - (at most 64)'),
  from: z.enum(['warning', 'critical']).default('warning').describe('What is less severe is not sent here'),
};
const Key = Credential.min(8).describe('Best as "${NAME}", from the environment');

const Receiver = z.discriminatedUnion('type', [
  z.strictObject({ ...common, type: z.literal('slack'), url: SafeAddress.describe('Of the incoming webhook') }),
  z.strictObject({ ...common, type: z.literal('discord'), url: SafeAddress.describe('Of the webhook') }),
  z.strictObject({
    ...common,
    type: z.literal('pagerduty'),
    url: SafeAddress.default('https://events.pagerduty.com/v2/enqueue').describe('In Europe: events.eu.pagerduty.com'),
    routingKey: Key,
  }),
  z.strictObject({
    ...common,
    type: z.literal('opsgenie'),
    url: SafeAddress.default('https://api.opsgenie.com').describe('In Europe: api.eu.opsgenie.com'),
    apiKey: Key,
  }),
  z.strictObject({
    ...common,
    type: z.literal('webhook'),
    url: SafeAddress,
    secret: z.string().min(16, 'a secret has at least 16 characters').describe('Signs each message (HMAC-SHA-256)'),
  }),
]);

const RULES = [
  'provider_limit',
  'quota',
  'budget',
  'daily_spend',
  'error_share',
  'throttle_share',
  'parked',
  'circuit_open',
  'emergency',
  'unknown_price',
  'ledger_drops',
] as const;

export const Alerting = z
  .strictObject({
    receivers: z
      .array(Receiver)
      .max(20)
      .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, 'each needs a name of its own')
      .default([]),
    source: z.string().min(1).max(100).default('signalbox').describe('The name of this router in messages'),
    thresholdsPercent: Percents([80, 90, 95], "Of providers' limits, quotas, budgets and the day's spending"),
    dailySpendUsd: z.number().positive().optional().describe('Of everybody together, UTC days'),
    errorPercent: Percents([10, 50], 'Share of calls that failed'),
    throttlePercent: Percents([20, 80], 'Share of calls that were refused for limits (429)'),
    windowMs: Milliseconds(300_000, 'How far the shares look back'),
    minimumCalls: Count.default(20).describe('Fewer calls in that time alert nobody'),
    off: z.array(z.enum(RULES)).default([]).describe('Rules that are switched off'),
    repeatMs: Milliseconds(3_600_000, 'What still fires is told again after this, then after twice as long'),
    maxRepeatMs: Milliseconds(86_400_000, 'How rarely, after several times'),
    groupMs: Milliseconds(20_000, 'What happens to one rule in this time is one message'),
  })
  .describe('Messages to people: Slack, Discord, PagerDuty, Opsgenie, webhooks');

export type Alerting = z.infer<typeof Alerting>;
