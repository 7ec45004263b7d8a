/** The language of routing rules: `routing-rules/rules.json`, and what an operator lays over it. */
import * as z from 'zod';
import { nearNames } from '../near.ts';
import { STRATEGIES } from '../pool/strategy.ts';
import { createWallClock } from './wall-clock.ts';

/** Names end up in a response header. */
const name = z
  .string()
  .max(64)
  .regex(/^[A-Za-z0-9][\w.:-]*$/, 'must begin with a letter or digit and consist of letters, digits and . : _ -');
const ruleName = z
  .string()
  .max(64)
  .regex(
    /^[A-Za-z0-9][\w .:+-]*$/,
    'must begin with a letter or digit and consist of letters, digits, spaces and . : _ + -',
  );
const description = z.string().optional();
const text = z.string().min(1).max(300);
const count = z.int().nonnegative();
const share = z.number().min(0).max(1);

const oneOrMany = <T extends z.ZodType>(item: T, what: string) =>
  z.union([item, z.array(item).min(1).max(1_000)], { error: `must be ${what}, or a list of such` });
const patterns = oneOrMany(text, 'a text (* stands for anything)');
const models = oneOrMany(text, "a model's name");

/** An object that names what it knows when it meets what it does not. */
function strict<T extends z.ZodRawShape>(shape: T) {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? unknownKeys(issue.keys, Object.keys(shape)) : undefined),
  });
}

function unknownKeys(keys: readonly string[], known: readonly string[]): string {
  const near = nearNames(keys[0] ?? '', known).slice(0, 5);
  return `Unrecognized key: ${keys
    .slice(0, 5)
    .map((key) => JSON.stringify(key.slice(0, 80)))
    .join(', ')}. Near it: ${near.join(', ')}`;
}

const counts = strict({ atLeast: count.optional(), atMost: count.optional() });
const shares = strict({ atLeast: share.optional(), below: share.optional() });
const tiers = z.union([name, z.array(name).min(1), strict({ atLeast: name.optional(), below: name.optional() })], {
  error: 'must be a tier, a list of tiers, or { atLeast, below }',
});
const fields = (field: z.ZodString, what: string) =>
  z.record(
    field,
    z.union([z.boolean(), patterns], { error: `must be a text, a list of texts, or whether ${what} is there` }),
  );
/** `fetch` throws when it is asked for a header under another name. */
const headerName = text.regex(/^[\w!#$%&'*+.^`|~-]+$/, 'must be the name of a header');

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be a time such as 08:30');
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const time = strict({
  days: z.array(z.enum(DAYS)).min(1).optional(),
  from: clock.optional(),
  to: clock.optional(),
  zone: z.string().max(64).refine(isZone, 'must be a time zone such as Europe/Berlin or UTC').optional(),
});

function isZone(zone: string): boolean {
  try {
    createWallClock(zone);
    return true;
  } catch {
    return false; // `Intl` has no other way to ask.
  }
}

const MEDIA = ['image', 'pdf', 'audio', 'video'] as const;
const STRUCTURES = ['json_object', 'json_schema'] as const;

/** All that is said must hold. */
export const Condition = strict({
  model: patterns.optional(),
  key: patterns.optional(),
  header: fields(headerName, 'the header').optional(),
  metadata: fields(text, 'the field').optional(),
  tools: strict({ ...counts.shape, any: patterns.optional() }).optional(),
  input: oneOrMany(z.enum(MEDIA), MEDIA.join(', ')).optional(),
  structured: z
    .union([z.boolean(), z.enum(STRUCTURES)], { error: `must be true, false, ${STRUCTURES.join(' or ')}` })
    .optional(),
  tokens: counts.optional(),
  outputTokens: counts.optional(),
  language: oneOrMany(
    z.string().regex(/^[a-z]{2}$/, 'must be two letters such as "de"'),
    'a language such as "de"',
  ).optional(),
  turn: counts.optional(),
  time: time.optional(),
  budgetLeft: shares.optional(),
  score: shares.optional(),
  tier: tiers.optional(),
  pinned: z.boolean().optional(),
  toolLoop: z.boolean().optional(),
  followUp: z.boolean().optional(),
  housekeeping: z.boolean().optional(),
  stalled: z.boolean().optional(),
  get not(): z.ZodOptional<z.ZodType<Condition>> {
    return Condition.optional();
  },
  get any(): z.ZodOptional<z.ZodArray<z.ZodType<Condition>>> {
    return z.array(Condition).min(1).optional();
  },
});

const percent = z.number().min(0).max(100);

const Action = strict({
  profile: name.optional(),
  tier: z.union([z.enum(['@pin', '@previous']), name], { error: 'must be a tier, @pin or @previous' }).optional(),
  raise: z.int().min(-9).max(9).optional(),
  atLeast: name.optional(),
  atMost: name.optional(),
  use: models.optional(),
  strategy: z.enum(STRATEGIES).optional(),
  weights: z.record(text, z.number().min(0).max(1_000_000)).optional(),
  maxCostUsd: z.number().positive().optional(),
  maxLatencyMs: z.int().positive().optional(),
  fallbacks: strict({ context: models.optional(), refusal: models.optional(), outage: models.optional() }).optional(),
  canary: strict({ percent, use: models }).optional(),
  shadow: strict({ percent: percent.default(100), use: text }).optional(),
  reject: z.string().min(1).max(500).optional(),
});

/** A guard of the operator's needs to say only what differs from the shipped one of its name. */
const Rule = strict({
  name: ruleName,
  description,
  off: z.boolean().optional(),
  when: Condition.optional(),
  do: Action.optional(),
});
const Route = strict({ description, off: z.boolean().optional(), ...Action.shape });
const Tier = strict({ name, description, models: z.array(text).max(1_000).optional() });
/** From which score each tier begins; the lowest begins at 0. */
const Profile = strict({ description, from: z.record(name, share) });

export const RulesDocument = strict({
  $schema: z.string().optional(),
  description,
  tiers: z.array(Tier).min(1).max(20).optional(),
  profiles: z.record(name, Profile).optional(),
  routes: z.record(name, Route).optional(),
  guards: z.array(Rule).max(100).optional(),
  rules: z.array(Rule).max(1_000).optional(),
});

export type RulesDocument = z.infer<typeof RulesDocument>;
export type Action = z.infer<typeof Action>;
export type Rule = z.infer<typeof Rule>;
export type Route = z.infer<typeof Route>;
export type Profile = z.infer<typeof Profile>;

type OneOrMany<T> = T | T[];
type Counts = z.infer<typeof counts>;
type Shares = z.infer<typeof shares>;
type Fields = Record<string, boolean | OneOrMany<string>>;

/** Written out because it holds itself. */
export interface Condition {
  model?: OneOrMany<string> | undefined;
  key?: OneOrMany<string> | undefined;
  header?: Fields | undefined;
  metadata?: Fields | undefined;
  tools?: (Counts & { any?: OneOrMany<string> | undefined }) | undefined;
  input?: OneOrMany<(typeof MEDIA)[number]> | undefined;
  structured?: boolean | (typeof STRUCTURES)[number] | undefined;
  tokens?: Counts | undefined;
  outputTokens?: Counts | undefined;
  language?: OneOrMany<string> | undefined;
  turn?: Counts | undefined;
  time?: z.infer<typeof time> | undefined;
  budgetLeft?: Shares | undefined;
  score?: Shares | undefined;
  tier?: z.infer<typeof tiers> | undefined;
  pinned?: boolean | undefined;
  toolLoop?: boolean | undefined;
  followUp?: boolean | undefined;
  housekeeping?: boolean | undefined;
  stalled?: boolean | undefined;
  not?: Condition | undefined;
  any?: Condition[] | undefined;
}
