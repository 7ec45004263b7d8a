/**
 * The storm: who asks (`arrivals.ts` says when), who answers, and what goes wrong from when to when. Data only.
 *
 * A simulated minute of the providers' limits passes each second, so that a run of 60 s is an hour of rate limiting.
 * Only rates are scaled: latencies, headers and every time limit of the gateway are in real milliseconds.
 */
/** Rates as printed (a minute's) are multiplied by this. */
export const SCALE = 60;
export const DURATION_MS = 60_000;
/** How long a client waits for the end of its answer. It does not retry: what it sees is the gateway's work. */
export const PATIENCE_MS = 10_000;
/** The model that clients ask for. */
export const MODEL = 'storm-model';

export type Priority = 'critical' | 'normal' | 'background';

export interface Tenant {
  name: string;
  priority: Priority;
  perSecond: number;
  /** Asks only in bursts. */
  burst?: { onMs: number; offMs: number };
  inputTokens: readonly [least: number, most: number];
  outputTokens: readonly [least: number, most: number];
  streamShare: number;
}

const SMALL = { inputTokens: [60, 400], outputTokens: [20, 90], streamShare: 0.6 } as const;

export const TENANTS: readonly Tenant[] = [
  {
    name: 'whale',
    priority: 'background',
    perSecond: 60,
    burst: { onMs: 6_000, offMs: 4_000 },
    inputTokens: [300, 1_400],
    outputTokens: [40, 120],
    streamShare: 0.1,
  },
  {
    name: 'steady',
    priority: 'normal',
    perSecond: 22,
    inputTokens: [80, 700],
    outputTokens: [30, 120],
    streamShare: 0.35,
  },
  { name: 'small1', priority: 'critical', perSecond: 3, ...SMALL },
  { name: 'small2', priority: 'critical', perSecond: 3, ...SMALL },
  { name: 'small3', priority: 'normal', perSecond: 3, ...SMALL },
  { name: 'small4', priority: 'normal', perSecond: 2, ...SMALL },
];

export type WireName = 'anthropic' | 'openai' | 'bedrock' | 'gemini';

export interface ProviderSpec {
  name: string;
  wire: WireName;
  key: string;
  /** As the provider would print them, a simulated minute's. Which of them a wire has, and how it counts, differs. */
  perMinute: { requests: number; input?: number; output?: number; tokens?: number };
  /** Share of a simulated minute's allowance that may go at once. */
  burst: number;
  concurrency?: number;
  /** Medians. */
  firstTokenMs: number;
  totalMs: number;
  sigma: number;
}

export const PROVIDERS: readonly ProviderSpec[] = [
  {
    name: 'alpha',
    wire: 'anthropic',
    key: 'storm-key-of-alpha',
    perMinute: { requests: 50, input: 30_000, output: 8_000 },
    burst: 0.2,
    firstTokenMs: 150,
    totalMs: 420,
    sigma: 0.45,
  },
  {
    name: 'beta',
    wire: 'openai',
    key: 'storm-key-of-beta',
    perMinute: { requests: 60, tokens: 34_000 },
    burst: 0.2,
    firstTokenMs: 200,
    totalMs: 520,
    sigma: 0.5,
  },
  {
    name: 'gamma',
    wire: 'bedrock',
    key: 'storm-key-of-gamma',
    perMinute: { requests: 36, tokens: 24_000 },
    burst: 0.1,
    concurrency: 32,
    firstTokenMs: 250,
    totalMs: 640,
    sigma: 0.4,
  },
  {
    name: 'delta',
    wire: 'gemini',
    key: 'storm-key-of-delta',
    perMinute: { requests: 16, input: 8_000 },
    burst: 0.2,
    firstTokenMs: 180,
    totalMs: 460,
    sigma: 0.45,
  },
];

/** What a provider may do wrong. What each looks like on the wire is in `provider.ts` and `wires/`. */
export type Ailment =
  | 'error' // 500
  | 'overloaded' // 529 or 503
  | 'down' // reset, 500, a proxy's 502, 503
  | 'revoked' // 401 and its likes
  | 'spent' // the month's money or the day's quota is gone
  | 'slow' // the first token comes late
  | 'sour' // a stream that begins with an error event
  | 'broken' // breaks off in the middle: a reset or an error event
  | 'cut' // ends cleanly in the middle: half an answer under 200
  | 'page' // a proxy's HTML under 200
  | 'stalled'; // falls silent in the middle

export interface Fault {
  id: string;
  provider: string;
  fromMs: number;
  toMs: number;
  /** Of a call. */
  chance: number;
  ailment: Ailment;
}

/** For a while a provider gives only a share of what it prints. */
export interface Squeeze {
  id: string;
  provider: string;
  fromMs: number;
  toMs: number;
  factor: number;
}

const ALWAYS = { fromMs: 0, toMs: DURATION_MS };
const everywhere = (ailment: Ailment, chance: number): Fault[] =>
  PROVIDERS.map(({ name }) => ({ id: `${name}-${ailment}`, provider: name, ailment, chance, ...ALWAYS }));

export const FAULTS: readonly Fault[] = [
  ...everywhere('error', 0.01),
  ...everywhere('stalled', 0.002),
  { id: 'beta-cut', provider: 'beta', ailment: 'cut', chance: 0.01, ...ALWAYS },
  { id: 'delta-page', provider: 'delta', ailment: 'page', chance: 0.01, ...ALWAYS },
  { id: 'overload', provider: 'alpha', ailment: 'overloaded', chance: 0.9, fromMs: 8_000, toMs: 16_000 },
  { id: 'down', provider: 'beta', ailment: 'down', chance: 1, fromMs: 20_000, toMs: 28_000 },
  { id: 'daily', provider: 'delta', ailment: 'spent', chance: 1, fromMs: 22_000, toMs: 27_000 },
  { id: 'sour', provider: 'gamma', ailment: 'sour', chance: 0.5, fromMs: 29_000, toMs: 32_000 },
  { id: 'broken', provider: 'alpha', ailment: 'broken', chance: 0.2, fromMs: 32_000, toMs: 38_000 },
  { id: 'slow', provider: 'gamma', ailment: 'slow', chance: 0.85, fromMs: 33_000, toMs: 39_000 },
  { id: 'revoked', provider: 'beta', ailment: 'revoked', chance: 1, fromMs: 46_000, toMs: 52_000 },
  { id: 'spent', provider: 'alpha', ailment: 'spent', chance: 1, fromMs: 52_000, toMs: 57_000 },
];

export const SQUEEZES: readonly Squeeze[] = [
  { id: 'squeeze-a', provider: 'alpha', fromMs: 40_000, toMs: 46_000, factor: 0.3 },
  { id: 'squeeze-b', provider: 'beta', fromMs: 40_000, toMs: 46_000, factor: 0.3 },
  { id: 'squeeze-d', provider: 'delta', fromMs: 52_000, toMs: 55_000, factor: 0.5 },
];

/** The windows that have a row of their own in the report: who is sick, and from when to when. */
export const OUTAGES: readonly { id: string; provider: string; fromMs: number; toMs: number }[] = [
  'overload',
  'down',
  'daily',
  'slow',
  'revoked',
  'spent',
].flatMap((id) => FAULTS.find((fault) => fault.id === id) ?? []);

/** The conditions of one run. */
export interface Weather {
  seed: number;
  /** 1: about half of what healthy providers give. */
  load: number;
  durationMs: number;
  /** No faults and no squeezes: only the limits. */
  calm: boolean;
}
