/** Routing as the server has it, with the shipped rules, in the hands of a test. */
import complexity from '../../routing-rules/complexity.json' with { type: 'json' };
import shipped from '../../routing-rules/rules.json' with { type: 'json' };
import type { Capabilities, Deployment, Estimate } from '../../src/core/deployment.ts';
import type { ChatRequest } from '../../src/core/chat.ts';
import { choose, type Choice, type Wanted } from '../../src/routing/choose.ts';
import { Leads } from '../../src/routing/pool/leads.ts';
import { SpeedBook } from '../../src/routing/pool/speed-book.ts';
import { createRules } from '../../src/routing/rules/rules.ts';
import { parseComplexity } from '../../src/routing/score/file.ts';
import { createScorer } from '../../src/routing/score/scorer.ts';
import { Sessions } from '../../src/routing/sessions/sessions.ts';
import { createRoutingView, type RoutingMemory, type RoutingView } from '../../src/routing/view.ts';
import { ABLE, makeCall } from './call.ts';

const scorer = createScorer(parseComplexity(complexity));

export function deployment(
  id: string,
  capabilities: Partial<Capabilities> = {},
  more: Partial<Deployment> = {},
): Deployment {
  const { endpoint } = makeCall({});
  const model = id.slice(id.indexOf('/') + 1);
  const shared = { endpoint, providerModel: model, model, family: model, price: undefined };
  return { id, ...shared, capabilities: { ...ABLE, ...capabilities }, ...more };
}

export interface ViewOptions {
  /** The operator's own, over the shipped ones. */
  rules?: unknown;
  direct?: RoutingView['direct'];
  tierOf?: (model: string) => string | undefined;
}

export function viewOf(models: Record<string, readonly Deployment[]>, options: ViewOptions = {}): RoutingView {
  return createRoutingView({
    models: new Map(Object.entries(models)),
    direct: options.direct ?? (() => undefined),
    rules: createRules(shipped, options.rules),
    scorer,
    recorded: { headers: [], metadata: [] },
    tierOf: options.tierOf ?? (() => undefined),
  });
}

export function memoryOf(more: Partial<RoutingMemory> = {}): RoutingMemory {
  return {
    sessions: new Sessions(100),
    speeds: new SpeedBook({ halfLifeMs: 60_000, maxDeployments: 100 }),
    leads: new Leads(100),
    roomOf: () => 1,
    random: () => 0.5,
    ...more,
  };
}

export const SMALL: Estimate = { inputTokens: 100, outputTokens: 1_024 };

export function ask(model: string, content = 'Hello', rest: Partial<ChatRequest> = {}): ChatRequest {
  return { model, messages: [{ role: 'user', content }], ...rest };
}

export interface ChooseOptions extends Partial<Omit<Wanted, 'request' | 'header'>> {
  headers?: Record<string, string>;
  memory?: RoutingMemory;
}

export function chosen(request: ChatRequest, view: RoutingView, options: ChooseOptions = {}): Choice {
  const { headers = {}, memory = memoryOf(), ...rest } = options;
  const wanted: Wanted = {
    request,
    estimate: SMALL,
    key: 'test',
    ceilings: {},
    nowMs: 1_000_000,
    header: (name) => headers[name],
    ...rest,
  };
  return choose(wanted, view, memory);
}

export const idsOf = ({ candidates }: Choice): string[] => candidates.map((candidate) => candidate.deployment.id);
