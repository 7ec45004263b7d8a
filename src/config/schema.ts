/** The one schema of `signalbox.yaml`; editors get it as JSON Schema (`docs/signalbox.schema.json`). */
import * as z from 'zod';
import { ABILITIES } from '../core/ability.ts';
import { Alerting, BaseAddress } from './alerts.ts';
import { BatchesSection } from './batches.ts';
import { Routing } from './routing.ts';
import { BudgetsOf, LimitsOf } from './spending.ts';
import { Admin } from './admin.ts';
import { Credential, HeaderName, Headers, Sendable } from './sendable.ts';
import { ServiceAccount } from './service-account.ts';
import { Store } from './store.ts';
import { Prices, Telemetry } from './telemetry.ts';
import { Key, Tenants } from './tenants.ts';
import { Limits, LONGEST_MS, Reliability, Streaming, Timeouts } from './reliability.ts';

const Name = z.string().regex(/^[\w.:-]{1,64}$/, 'use letters, digits and . : _ - (at most 64)');
const ModelName = z.string().min(1).max(200);
const Positive = z.int().min(1);

export const DIALECTS = ['anthropic', 'openai', 'gemini', 'bedrock'] as const;

const Provider = z
  .strictObject({
    dialect: z.enum(DIALECTS).optional().describe("Which API it speaks; by default the entry's own name"),
    baseUrl: BaseAddress.optional().describe("Where it lives, if not at the dialect's public address"),
    apiKey: Credential.optional().describe('Best as "${NAME}", from the environment'),
    apiKeys: z
      .array(Credential)
      .min(1)
      .optional()
      .describe('Several keys: the next is used when one is throttled or dead'),
    account: Name.optional().describe('Entries with the same account share its limits; default: each its own'),
    limits: Limits.optional(),
    keyHeader: HeaderName.optional().describe('Header for the key where it is not the usual one (Azure: api-key)'),
    headers: Headers.optional().describe('Sent with every request'),
    responses: z
      .boolean()
      .optional()
      .describe("Has a server of OpenAI's dialect the Responses API? By default only OpenAI and Azure have"),
    apiVersion: z.string().optional().describe("Azure's api-version; Gemini's v1 or v1beta"),
    region: z.string().optional().describe('Bedrock: the AWS region'),
    accessKeyId: Sendable.optional().describe('Bedrock: AWS keys, if not from the environment'),
    secretAccessKey: Sendable.optional(),
    sessionToken: Sendable.optional(),
    project: z.string().optional().describe('Vertex: the Google Cloud project'),
    location: z.string().optional().describe('Vertex: the location; default global'),
    serviceAccount: ServiceAccount.optional().describe('Vertex: the service account as JSON text'),
  })
  .describe('One way into a provider: a credential and an address');

const PriceTier = {
  input: z.number().min(0),
  output: z.number().min(0),
  cacheRead: z.number().min(0).optional(),
  cacheWrite5m: z.number().min(0).optional(),
  cacheWrite1h: z.number().min(0).optional(),
  imageInput: z.number().min(0).optional(),
  audioInput: z.number().min(0).optional(),
  imageOutput: z.number().min(0).optional(),
  perMinute: z.number().min(0).optional().describe('US dollars for a minute of sound that is heard'),
  perMillionCharacters: z.number().min(0).optional().describe('US dollars for a million characters that are spoken'),
};

const Deployment = z.strictObject({
  provider: Name.describe('The name of an entry under `providers`'),
  model: ModelName.describe('What the provider calls the model'),
  limits: Limits.optional(),
  price: z.strictObject(PriceTier).optional().describe("US dollars per million tokens, in the catalog's place"),
  capabilities: z
    .strictObject({
      contextTokens: Positive.optional(),
      outputTokens: Positive.optional(),
      tasks: z.array(z.enum(ABILITIES)).optional().describe('What it is for; most models: chat'),
      input: z.array(z.enum(['image', 'pdf', 'audio', 'video'])).optional(),
      tools: z.boolean().optional(),
      structuredOutput: z.boolean().optional(),
      toolsNeedResponses: z.boolean().optional(),
    })
    .optional()
    .describe("What the model can do, in the catalog's place"),
});

const Model = z.strictObject({
  deployments: z.array(Deployment).min(1),
  balance: z
    .enum(['ordered', 'headroom'])
    .default('ordered')
    .describe('The first deployment with room, or the one with the most'),
  timeouts: Timeouts.optional(),
  maxCalls: Positive.max(10).optional().describe('Calls to providers for one request, for this model'),
  onContext: z
    .enum(['fail', 'larger'])
    .default('fail')
    .describe('Prompt too long for one: may a larger window take it?'),
  onRefusal: z.enum(['return', 'other']).default('return').describe('A provider refuses: may another be asked?'),
  hedge: z.boolean().optional(),
  limits: LimitsOf.optional(),
  budgets: BudgetsOf.optional(),
});

const duration = (ms: number, what: string) =>
  Positive.max(LONGEST_MS).default(ms).describe(`${what}, in milliseconds`);

export const Configuration = z.strictObject({
  server: z
    .strictObject({
      host: z.string().default('127.0.0.1'),
      port: z.int().min(0).max(65_535).default(8787),
      maxBodyBytes: Positive.default(10 * 1024 * 1024).describe('Larger requests are refused (413)'),
      maxMessages: Positive.default(4_096),
      maxDepth: Positive.max(200).default(64).describe('Levels of nesting in a request'),
      firstByteTimeoutMs: duration(600_000, "Longest wait for a provider's whole answer"),
      idleTimeoutMs: duration(60_000, 'Longest silence of a provider in mid-answer'),
      keepAliveMs: duration(15_000, 'A comment is sent on a stream that is silent for so long'),
      drainMs: duration(30_000, 'How long running answers may take after SIGTERM'),
      rehearsal: z
        .boolean()
        .default(true)
        .describe('Before the doors open, 200 made-up requests, failures among them, for 0.8 s'),
    })
    .prefault({}),
  keys: z.array(Key).default([]).describe('Keys of the clients; without any, only this machine may ask'),
  tenants: Tenants,
  store: Store.prefault({}),
  batches: BatchesSection.prefault({}),
  admin: Admin.prefault({}),
  alerts: Alerting.prefault({}),
  telemetry: Telemetry.prefault({}),
  prices: Prices.prefault({}),
  providers: z
    .record(Name, Provider)
    .default({})
    .describe('Without any, those whose credentials are in the environment'),
  models: z
    .record(ModelName, Model)
    .default({})
    .describe('The names that clients may ask for; without any, every model of the catalog'),
  directModels: z
    .boolean()
    .optional()
    .describe('May clients ask for `provider/model`? By default only without `models`'),
  routing: Routing.prefault({}),
  reliability: Reliability.prefault({}).describe('How hard to try, and when to stop'),
  stream: Streaming.prefault({}),
  log: z
    .strictObject({
      level: z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('info'),
      asks: z
        .boolean()
        .default(false)
        .describe('Write what users ask into the log, at most 10,000 characters, for `signalbox fit`; off by default'),
    })
    .prefault({})
    .describe('`info` writes a line a request'),
});

export type Configuration = z.infer<typeof Configuration>;
export type ProviderEntry = z.infer<typeof Provider>;
export type ModelEntry = z.infer<typeof Model>;
export type DeploymentEntry = z.infer<typeof Deployment>;
