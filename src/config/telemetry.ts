/** `telemetry:` and `prices:` of the configuration: where traces go, and what a price is worth that nobody knows. */
import * as z from 'zod';
import { BaseAddress } from './alerts.ts';
import { Headers } from './sendable.ts';

export const Telemetry = z.strictObject({
  otlp: z
    .strictObject({
      endpoint: BaseAddress.describe('The collector; /v1/traces comes behind it. Its port is mostly 4318'),
      headers: Headers.default({}).describe('For the collector, best as "${NAME}"'),
      sample: z.number().min(0).max(1).default(1).describe('Share of the requests'),
      callers: z
        .enum(['link', 'parent'])
        .default('link')
        .describe("The caller's traceparent: our span is linked to it, or is its child and sampled as it says"),
      attributes: z.record(z.string(), z.string()).default({}).describe('Of the resource, as deployment.environment'),
    })
    .optional()
    .describe('Traces, as OTLP over HTTP in JSON; without it there are none'),
});

export const Prices = z.strictObject({
  unknown: z
    .enum(['allow', 'block', 'ceiling'])
    .default('allow')
    .describe(
      'A model without a price: its requests cost nothing, are refused to whoever has a budget in dollars, or count as the dearest of its family',
    ),
  file: z.string().min(1).optional().describe('Your own prices, over the catalog; read again on SIGHUP'),
});

export type Telemetry = z.infer<typeof Telemetry>;
export type Prices = z.infer<typeof Prices>;
