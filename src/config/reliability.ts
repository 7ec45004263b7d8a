/** `reliability:`, `limits:` and `stream:` of the configuration: how hard to try, and how much a provider takes. */
import * as z from 'zod';

const Count = z.int().min(1);
/** What a timer holds: 24 days. With more it would be over at once. */
export const LONGEST_MS = 2 ** 31 - 1;
const Duration = Count.max(LONGEST_MS);
const Milliseconds = (ms: number, what: string) => Duration.default(ms).describe(`${what}, in milliseconds`);

export const Limits = z
  .strictObject({
    requestsPerMinute: Count.optional(),
    inputTokensPerMinute: Count.optional(),
    outputTokensPerMinute: Count.optional(),
    tokensPerMinute: Count.optional().describe('Input and output together'),
    concurrency: Count.optional().describe('Calls at the same time'),
    requestsPerDay: Count.optional(),
    requestsPerWeek: Count.optional(),
    requestsPerMonth: Count.optional(),
    tokensPerDay: Count.optional(),
    tokensPerWeek: Count.optional(),
    tokensPerMonth: Count.optional(),
    burst: z.number().gt(0).max(1).optional().describe('Share of a minute that may go at once; default 0.1'),
  })
  .describe('What the provider allows; more is learned from its answers');

export const Timeouts = z.strictObject({
  firstTokenMs: Duration.optional().describe('Least wait for the first content; three times the p95 is allowed'),
  maxFirstTokenMs: Duration.optional().describe('Longest wait for the first content'),
  idleMs: Duration.optional().describe('Longest silence in mid-answer'),
  totalMs: Duration.optional().describe('Longest answer, from the call to its end'),
});

const Circuit = z.strictObject({
  windowMs: Milliseconds(30_000, 'How long calls are remembered'),
  minimumCalls: Count.default(10).describe('Fewer calls in the window open nothing'),
  failurePercent: Count.max(100).default(50),
  consecutive: Count.default(5).describe('So many failures in a row open it too'),
  openMs: Milliseconds(5_000, 'How long it opens first; twice as long each time'),
  maxOpenMs: Milliseconds(60_000, 'How long it opens at most'),
  closeAfter: Count.default(2).describe('Successful probes that close it'),
});

const Emergency = z.strictObject({
  mode: z.enum(['auto', 'on', 'off']).default('auto'),
  belowPercent: z.int().min(0).max(100).default(34).describe('Share of usable deployments below which it begins'),
  afterMs: Milliseconds(2_000, 'How long capacity must be short before it begins'),
  untilMs: Milliseconds(10_000, 'How long capacity must be back before it ends'),
  answer: z.string().max(10_000).optional().describe('Served, marked, when nothing can answer'),
});

export const Reliability = z.strictObject({
  deadlineMs: Milliseconds(600_000, 'For queueing, waiting and every attempt; x-signalbox-deadline-ms shortens it'),
  maxCalls: Count.max(10).default(3).describe('Calls to providers for one request'),
  maxCostUsd: z.number().gt(0).optional().describe('No further attempt once those before may have cost this much'),
  retryBudget: z
    .strictObject({
      percent: z.int().min(0).max(100).default(20).describe('Retries per 100 requests'),
      perSecond: z.number().min(0).default(10).describe('Retries that are always allowed'),
    })
    .prefault({}),
  probeMs: Milliseconds(60_000, 'How often a dead credential or empty account is tried again'),
  maxProbeMs: Milliseconds(600_000, 'How rarely, after several tries'),
  firstTokenMs: Milliseconds(5_000, 'Least wait for the first content; three times the p95 is allowed'),
  maxFirstTokenMs: Milliseconds(60_000, 'Longest wait for the first content of a model that does not reason'),
  reasoningFirstTokenMs: Milliseconds(60_000, 'Least wait for the first content of a model that reasons'),
  wholeAsStream: z
    .enum(['auto', 'always', 'never'])
    .default('auto')
    .describe(
      'Read whole answers as streams, so that a stall is seen early; auto: long ones, where nothing is lost by it',
    ),
  circuit: Circuit.prefault({}),
  queue: z
    .strictObject({
      maxWaiting: z.int().min(0).default(4_000).describe('Requests that may wait at the same time'),
      maxWaitMs: Milliseconds(30_000, 'Longest wait for room'),
    })
    .prefault({}),
  hedge: z.boolean().default(false).describe('A second request after the p95 of the time to the first token'),
  emergency: Emergency.prefault({}),
});

export const Streaming = z.strictObject({
  onBreak: z
    .enum(['error', 'continue'])
    .default('error')
    .describe('When a provider breaks off in mid-answer: an error frame, or the text continued elsewhere'),
});

export type Reliability = z.infer<typeof Reliability>;
export type Timeouts = z.infer<typeof Timeouts>;
