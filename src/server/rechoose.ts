/** A request of the log, chosen for again: by its facts and its score's features, because nothing else was kept. */
import type { TaskKind } from '../core/ability.ts';
import type { ChatRequest, Usage } from '../core/chat.ts';
import type { Deployment } from '../core/deployment.ts';
import { type Wanted, weigh } from '../routing/choose.ts';
import { costUsd } from '../routing/cost.ts';
import { priceOf, tokenFactorOf } from '../routing/expected-cost.ts';
import type { Facts, Medium } from '../routing/facts/facts.ts';
import { Leads } from '../routing/pool/leads.ts';
import { SpeedBook } from '../routing/pool/speed-book.ts';
import { factsFrom, type RoutingRecord } from '../routing/record.ts';
import { isWarm } from '../routing/sessions/prompt-cache.ts';
import { type Session, Sessions } from '../routing/sessions/sessions.ts';
import type { RoutingMemory, RoutingView } from '../routing/view.ts';
import type { LoggedRequest } from './log-lines.ts';

export interface Rechosen {
  /** Undefined where it would be refused. */
  deployment: Deployment | undefined;
  tier: string | undefined;
  reason: string;
  /** Names of the rules and guards that had a say. */
  fired: readonly string[];
  /** With the tokens that the log counted; undefined where it counted none, or the price is unknown. */
  costUsd: number | undefined;
  /** The rules want a score now, and wanted none then. */
  lacksScore: boolean;
}

const MAX_SESSIONS = 100_000;
const MAX_MEASURED = 1_000;
const HALF_LIFE_MS = 5 * 60_000;

/** Sessions and speeds grow with the log, as they would have in the server. */
function createMemory(random: () => number): RoutingMemory {
  return {
    sessions: new Sessions(MAX_SESSIONS),
    speeds: new SpeedBook({ halfLifeMs: HALF_LIFE_MS, maxDeployments: MAX_MEASURED }),
    leads: new Leads(MAX_MEASURED),
    roomOf: () => 1,
    random,
  };
}

export type Recorded = LoggedRequest & { routing: RoutingRecord };

/** In the order of the log: what came before counts. */
export function createRechooser(view: RoutingView, random: () => number): (line: Recorded) => Rechosen {
  const memory = createMemory(random);
  const deployments = new Map([...view.models.values()].flat().map((deployment) => [deployment.id, deployment]));
  const byId = (id: string) => deployments.get(id) ?? view.direct(id);
  return (line) => rechoose(line, { view, memory, byId });
}

interface Context {
  view: RoutingView;
  memory: RoutingMemory;
  byId: (id: string) => Deployment | undefined;
}

function rechoose(line: Recorded, { view, memory, byId }: Context): Rechosen {
  const { asked, key, routing } = line;
  const facts = factsFrom(routing, { asked, key });
  let lacksScore = false;
  const score = () => {
    lacksScore = routing.values === undefined;
    return view.scorer.fromValues(routing.values ?? []);
  };
  const { candidates, decision, refusal, session } = weigh(
    { wanted: wantedOf(facts, routing), facts, score },
    view,
    memory,
  );
  const fired = (decision?.fired ?? []).map(({ name }) => name);
  const [first] = candidates;
  if (!first) {
    const reason = refusal?.message ?? 'nobody is left';
    return { deployment: undefined, tier: decision?.tier, reason, fired, costUsd: undefined, lacksScore };
  }
  const { deployment, tier, reason } = first;
  const usage = usageAt(line, deployment, { byId, session });
  const isOnTheWay = decision !== undefined && !facts.isHousekeeping && !routing.task;
  remember({ line, facts, deployment, tier, usage, isOnTheWay }, memory);
  return { deployment, tier, reason, fired, costUsd: costAt(line, deployment, usage), lacksScore };
}

function wantedOf(facts: Facts, { task: kind, ...ceilings }: RoutingRecord): Wanted {
  const { key, atMs, inputTokens, outputTokens } = facts;
  const header = (name: string) => facts.header(name);
  const task = kind && { kind, longestTokens: 0 }; // Its longest text is not known, and did fit.
  return { request: standIn(facts), estimate: { inputTokens, outputTokens }, task, key, header, ceilings, nowMs: atMs };
}

const PARTS: Record<Medium, object> = {
  image: { type: 'image_url', image_url: { url: '' } },
  pdf: { type: 'file', file: { filename: 'a.pdf' } },
  audio: { type: 'input_audio', input_audio: { data: '', format: 'wav' } },
  video: { type: 'video_url' },
};

/** Needs what the request needed, and says nothing. */
function standIn({ asked, media, toolCount }: Facts): ChatRequest {
  const tool = { type: 'function', function: { name: 'tool' } };
  const request: unknown = {
    model: asked,
    messages: [{ role: 'user', content: media.map((medium) => PARTS[medium]) }],
    ...(toolCount > 0 && { tools: [tool] }),
  };
  return request as ChatRequest; // Of a request, `needsOf` reads no more.
}

interface Where extends Pick<Context, 'byId'> {
  session: Session | undefined;
}

/** What the log counted, in the tokens of this deployment; of its prompt cache, what the session would have there. */
function usageAt(line: LoggedRequest, deployment: Deployment, { byId, session }: Where): Usage | undefined {
  const { promptTokens, completionTokens, cachedTokens = 0, cacheWriteTokens = 0, routing } = line;
  if (promptTokens === undefined || completionTokens === undefined || !routing) return undefined;
  const before = line.deployment === undefined ? undefined : byId(line.deployment);
  const ratio = tokenFactorOf(deployment) / (before ? tokenFactorOf(before) : 1);
  const stays = line.deployment === deployment.id;
  const isCached = session !== undefined && isWarm(deployment, session, routing.atMs);
  const prefix = isCached ? session.prefixTokens * tokenFactorOf(deployment) : 0;
  const prompt = promptTokens * ratio;
  const read = stays ? cachedTokens : Math.min(prefix, prompt);
  const written = stays ? cacheWriteTokens : Math.min((cachedTokens + cacheWriteTokens) * ratio - read, prompt - read);
  return {
    prompt_tokens: prompt,
    completion_tokens: completionTokens * ratio,
    total_tokens: prompt + completionTokens * ratio,
    prompt_tokens_details: { cached_tokens: read, cache_write_tokens: Math.max(0, written) },
  };
}

/** Pictures, minutes and characters have prices of their own, and the log does not count them. */
const TOKENS_ALONE = new Set<TaskKind>(['embeddings', 'moderations']);

/** A deployment that stays costs what it has cost. */
function costAt(line: LoggedRequest, deployment: Deployment, usage: Usage | undefined): number | undefined {
  if (line.deployment === deployment.id && line.costUsd !== undefined) return line.costUsd;
  if (line.routing?.task && !TOKENS_ALONE.has(line.routing.task)) return undefined;
  const price = line.routing && priceOf(deployment, line.routing.atMs);
  return usage && price && costUsd(usage, price);
}

interface Answered {
  line: LoggedRequest;
  facts: Facts;
  deployment: Deployment;
  tier: string | undefined;
  usage: Usage | undefined;
  /** Its session is here from now on. */
  isOnTheWay: boolean;
}

function remember(
  { line, facts, deployment, tier, usage, isOnTheWay }: Answered,
  { sessions, speeds }: RoutingMemory,
): void {
  if (line.outcome !== 'ok') return;
  if (isOnTheWay) sessions.note(facts.key, facts.session, { deployment, tier, usage }, facts.atMs);
  if (line.deployment === undefined) return;
  const { firstTokenMs, completionTokens = 0, durationMs } = line;
  speeds.record(line.deployment, { firstTokenMs, outputTokens: completionTokens, durationMs }, facts.atMs);
}
