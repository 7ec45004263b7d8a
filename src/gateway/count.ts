/** How many tokens a prompt has, as the model counts that would answer it. Nobody is billed, and no room is taken. */
import { forbiddenName, mayUse } from '../core/caller.ts';
import type { Candidate } from '../core/deployment.ts';
import type { Departure } from '../core/departure.ts';
import { asGatewayError, GatewayError } from '../core/errors.ts';
import { named } from '../core/field-names.ts';
import { wallMs } from '../core/wall.ts';
import { Watch } from '../attempt/watch.ts';
import { choose } from '../routing/choose.ts';
import { estimate } from '../routing/estimate.ts';
import { Leads } from '../routing/pool/leads.ts';
import { providerOf } from './stops.ts';
import type { Gateway, Inbound } from './terms.ts';

/** Clients count before they ask: an estimate now is worth more than a count later. */
const PATIENCE_MS = 5_000;
const MAX_COUNT_BYTES = 64 * 1024;

export interface Counted {
  inputTokens: number;
  /** Nobody counted: it is our guess. */
  isEstimate: boolean;
  candidate: Candidate;
}

/** Throws why nobody can serve such a request. */
export async function countTokens(gateway: Gateway, inbound: Inbound): Promise<Counted> {
  const { request, original, client } = inbound;
  const guess = estimate(request, original.text.length, original.pictures);
  const candidate = firstCandidate(gateway, inbound, guess);
  const watch = new Watch(client, gateway.timers);
  watch.allow(PATIENCE_MS);
  try {
    const inputTokens = await ask(gateway, inbound, candidate, watch.client);
    if (inputTokens !== undefined) return { inputTokens, isEstimate: false, candidate };
  } catch {
    // Whatever went wrong: the estimate is there.
  } finally {
    watch.stop();
  }
  if (client.gone) throw new GatewayError('client_gone', 'The client closed the connection');
  return { inputTokens: guess.inputTokens, isEstimate: true, candidate };
}

function firstCandidate(gateway: Gateway, inbound: Inbound, guess: ReturnType<typeof estimate>): Candidate {
  try {
    return firstChoice(gateway, inbound, guess);
  } catch (cause) {
    if (asGatewayError(cause).kind === 'context') return firstChoice(gateway, inbound, NOTHING);
    throw named(cause, inbound.fieldOf);
  }
}

/** Clients count to learn that a prompt no longer fits: by whoever would answer a shorter one. */
const NOTHING = { inputTokens: 0, outputTokens: 0 };

/** Chosen as a request would be, but it moves nobody into the lead of a pool. */
function firstChoice(gateway: Gateway, inbound: Inbound, guess: ReturnType<typeof estimate>): Candidate {
  const { request, key, header, ceilings, caller } = inbound;
  const nowMs = gateway.clock.now();
  if (!mayUse(caller, request.model, gateway.routing.rules.routes)) throw forbiddenName(caller, request.model);
  const budgetLeft = gateway.books.budgetLeft(caller, request.model, nowMs);
  const wanted = { request, estimate: guess, key, caller, header, ceilings, budgetLeft, nowMs };
  const { candidates } = choose(wanted, gateway.routing, { ...gateway.memory, leads: new Leads(1) });
  const [first] = candidates;
  if (first) return first;
  throw new GatewayError('no_candidate', 'No provider can serve this at the moment');
}

/** Undefined where the provider cannot be asked. */
async function ask(
  gateway: Gateway,
  { request, original }: Inbound,
  candidate: Candidate,
  client: Departure,
): Promise<number | undefined> {
  const { endpoint, providerModel, capabilities } = candidate.deployment;
  const provider = providerOf(gateway, candidate);
  const count = provider.countTokens?.({
    request,
    original: original.passes ? original : undefined,
    endpoint,
    providerModel,
    capabilities,
    newId: () => gateway.newId('call_', 24),
  });
  if (!count) return undefined;
  const headers = { ...count.headers, ...endpoint.settings.headers };
  const unsigned = { url: endpoint.baseUrl + count.path, headers, body: count.body };
  const signed = await provider.authorize(unsigned, endpoint, wallMs(gateway.clock));
  const response = await gateway.transport.send(signed, { client, firstByteMs: PATIENCE_MS, idleMs: PATIENCE_MS });
  const body = await response.text(MAX_COUNT_BYTES);
  return response.status >= 200 && response.status < 300 ? count.read(body) : undefined;
}
