/**
 * What the log keeps of a choice, so that it can be made again under other rules, and learned from. Numbers, names and
 * flags: the client's words only where the operator wants them kept.
 */
import * as z from 'zod';
import { ABILITIES, type TaskKind } from '../core/ability.ts';
import type { Ceilings } from '../core/ceilings.ts';
import { mapped } from '../core/lists.ts';
import type { Choice } from './choose.ts';
import type { Facts } from './facts/facts.ts';
import { type Condition, RulesDocument } from './rules/document.ts';
import type { Scorer } from './score/scorer.ts';
import type { Dropped } from './selection.ts';

/** Of a request, what only some rules ask for. */
export interface AskedFields {
  /** In lower case. */
  headers: readonly string[];
  metadata: readonly string[];
}

export interface Beside {
  /** Those that the rules in force name. */
  fields: AskedFields;
  /** Of the request and its key, without those of the rules. */
  ceilings: Ceilings;
  /** Of who answered, where somebody did; otherwise the one that was chosen. */
  tier?: string | undefined;
  /** Where it is no conversation. */
  task?: TaskKind | undefined;
  /** The user's words, where they may be kept. */
  ask?: string | undefined;
}

const MAX_NAMES = 64;
const MAX_TEXT = 200;
const MAX_TRIED = 8;
/** Longer asks are cut, in the middle of nothing that matters to a score. */
export const MAX_ASK = 10_000;

const text = z.string().max(MAX_TEXT);
const texts = z.array(text).max(MAX_NAMES).optional();
const fields = z.record(z.string(), text).optional();
const number = z.number().optional();
const flag = z.literal(true).optional();

/** What is false, empty or none is left out. */
const RecordedFacts = z.object({
  inputTokens: z.number(),
  outputTokens: z.number(),
  turn: z.number(),
  toolCount: number,
  toolParameters: number,
  toolNames: texts,
  media: z.array(z.enum(['image', 'pdf', 'audio', 'video'])).optional(),
  structured: z.enum(['json_object', 'json_schema']).optional(),
  language: text.optional(),
  inToolLoop: flag,
  isHousekeeping: flag,
  isStalled: flag,
  isFollowUp: flag,
  pin: text.optional(),
  budgetLeft: number,
  headers: fields,
  metadata: fields,
});

/** `routing` of a request's line in the log. */
export const RoutingRecord = z.object({
  atMs: z.number(),
  /** Without the tenant, whose name is in the line. */
  session: text,
  facts: RecordedFacts,
  task: z.enum(ABILITIES).exclude(['chat']).optional(),
  maxCostUsd: number,
  maxLatencyMs: number,
  tier: text.optional(),
  reason: z.string().optional(),
  strategy: text.optional(),
  score: number,
  /** The score's features, in their order; those that are 0 at the end are left out. Missing where no rule wanted a score. */
  values: z.array(z.number()).max(1_000).optional(),
  /** Ids, in the order to be tried. */
  candidates: z.array(z.string()),
  /** Who could not serve it, or cost or took too much. */
  dropped: z.array(z.object({ deployment: z.string(), why: z.string().max(MAX_TEXT) })).optional(),
  /** The rules that had a say, by their names. */
  fired: texts,
  ask: z.string().max(MAX_ASK).optional(),
});

export type RoutingRecord = z.infer<typeof RoutingRecord>;

/** Costs what the facts cost that nobody has asked for yet; only for a line that is really written. */
export function recordOf({ facts, decision, candidates, dropped }: Choice, beside: Beside): RoutingRecord {
  const { maxCostUsd, maxLatencyMs } = beside.ceilings;
  const { complexity, fired = [] } = decision ?? {};
  return {
    atMs: facts.atMs,
    session: facts.session.slice(facts.key.length + 1),
    facts: factsOf(facts, beside.fields),
    task: beside.task,
    maxCostUsd,
    maxLatencyMs,
    tier: beside.tier ?? decision?.tier,
    reason: decision?.reason,
    strategy: decision?.strategy,
    score: complexity && rounded(complexity.score),
    values: complexity && shortened(complexity.values),
    candidates: mapped(candidates.slice(0, MAX_TRIED), ({ deployment }) => deployment.id),
    dropped: dropped.length > 0 ? dropped.slice(0, MAX_TRIED).map(toldOf) : undefined,
    fired: fired.length > 0 ? fired.slice(0, MAX_NAMES).map(({ name }) => name) : undefined,
    ask: beside.ask?.slice(0, MAX_ASK),
  };
}

function toldOf({ deployment, why }: Dropped): { deployment: string; why: string } {
  return { deployment: deployment.id, why: cut(why) };
}

/** With what made its score, by the weights in force now: that costs nobody anything until somebody looks. */
export function withContributions(record: object | undefined, scorer: Pick<Scorer, 'fromValues'>): object | undefined {
  if (!record || !('values' in record) || !Array.isArray(record.values)) return record;
  return { ...record, contributions: scorer.fromValues(record.values as number[]).contributions };
}

function factsOf(facts: Facts, asked: AskedFields): RoutingRecord['facts'] {
  const { toolCount, toolParameters, toolNames, media, structured } = facts;
  return {
    inputTokens: facts.inputTokens,
    outputTokens: facts.outputTokens,
    turn: facts.turn,
    toolCount: toolCount || undefined,
    toolParameters: toolParameters || undefined,
    toolNames: toolNames.length > 0 ? toolNames.slice(0, MAX_NAMES).map(cut) : undefined,
    media: media.length > 0 ? [...media] : undefined,
    structured: structured === 'none' ? undefined : structured,
    language: facts.language,
    inToolLoop: facts.inToolLoop || undefined,
    isHousekeeping: facts.isHousekeeping || undefined,
    isStalled: facts.isStalled || undefined,
    isFollowUp: facts.isFollowUp || undefined,
    pin: facts.pin,
    budgetLeft: facts.budgetLeft,
    headers: taken(asked.headers, (name) => facts.header(name)),
    metadata: taken(asked.metadata, (name) => {
      const value: unknown = Object.hasOwn(facts.metadata, name) ? facts.metadata[name] : undefined;
      return typeof value === 'string' ? value : undefined; // Clients put other things there, too.
    }),
  };
}

function taken(
  names: readonly string[],
  valueOf: (name: string) => string | undefined,
): Record<string, string> | undefined {
  const values: [string, string][] = [];
  for (const name of names) {
    const value = valueOf(name);
    if (value !== undefined) values.push([name, cut(value)]);
  }
  return values.length > 0 ? Object.fromEntries(values) : undefined;
}

const cut = (value: string) => value.slice(0, MAX_TEXT);
const rounded = (value: number) => Math.round(value * 1_000) / 1_000;

function shortened(values: Float64Array): number[] {
  const kept = values.findLastIndex((value) => value !== 0) + 1;
  return Array.from(values.subarray(0, kept), rounded);
}

/** The facts as rules ask for them; `line` is the line that the record stands in. */
export function factsFrom({ session, atMs, facts }: RoutingRecord, line: { asked: string; key: string }): Facts {
  const { headers = {}, metadata = {}, toolNames = [], media = [], structured = 'none', ...rest } = facts;
  return {
    ...line,
    session: `${line.key}:${session}`,
    knownSession: `${line.key}:${session}`,
    atMs,
    header: (name) => (Object.hasOwn(headers, name) ? headers[name] : undefined),
    metadata,
    toolNames,
    media,
    structured,
    inputTokens: rest.inputTokens,
    outputTokens: rest.outputTokens,
    turn: rest.turn,
    toolCount: rest.toolCount ?? 0,
    toolParameters: rest.toolParameters ?? 0,
    language: rest.language,
    inToolLoop: rest.inToolLoop ?? false,
    isHousekeeping: rest.isHousekeeping ?? false,
    isStalled: rest.isStalled ?? false,
    isFollowUp: rest.isFollowUp ?? false,
    pin: rest.pin,
    budgetLeft: rest.budgetLeft,
  };
}

/** What the conditions of these documents name: the rest of headers and metadata is nobody's business. */
export function fieldsAsked(...documents: readonly unknown[]): AskedFields {
  const headers = new Set<string>();
  const metadata = new Set<string>();
  const look = (when: Condition | undefined): void => {
    if (!when) return;
    for (const name of Object.keys(when.header ?? {})) headers.add(name.toLowerCase());
    for (const name of Object.keys(when.metadata ?? {})) metadata.add(name);
    for (const inner of [...(when.any ?? []), when.not]) look(inner);
  };
  for (const document of documents) {
    const { rules = [], guards = [] } = RulesDocument.parse(document);
    for (const { when } of [...rules, ...guards]) look(when);
  }
  return { headers: loggable(headers), metadata: loggable(metadata) };
}

function loggable(names: ReadonlySet<string>): string[] {
  return [...names].filter((name) => !SECRET.test(name)).slice(0, MAX_NAMES);
}

/** Never in a log, whatever a rule asks. */
const SECRET = /(?:^|[-_])auth(?:$|[-_])|authorization|cookie|credential|passw|secret|signature|token(?!s)|api-?key/i;
