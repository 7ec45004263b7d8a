/** The admin API over the router's parts. */
import shippedRules from '../../routing-rules/rules.json' with { type: 'json' };
import { createAdminApp } from '../admin/app.ts';
import { createPageApp } from '../admin/page/app.ts';
import type { RulesEditor } from '../admin/rules-editor.ts';
import type { About, AdminSources, DispatchReading, RulesInForce } from '../admin/sources.ts';
import type { ProcessReading } from '../books/metrics/sources.ts';
import type { Composed } from '../compose.ts';
import type { Configuration } from '../config/schema.ts';
import type { Timers } from '../core/ports.ts';
import { fetchHttp } from '../platform/fetch-http.ts';
import { newId } from '../platform/ids.ts';
import { hashKey, hexOf, KEY_CHECK } from '../platform/key-hash.ts';
import type { Log } from '../platform/log.ts';
import { withContributions } from '../routing/record.ts';
import { RulesDocument } from '../routing/rules/document.ts';
import { merge } from '../routing/rules/merge.ts';
import { sourcesOf } from './readings.ts';
import { yardstickOf } from './yardstick.ts';

export interface AdminPorts {
  token: string;
  about: About;
  log: Log;
  timers: Timers;
  process?: (() => ProcessReading) | undefined;
  /** Where the rules can be changed, or at least read. */
  editor?: RulesEditor | undefined;
  /** Answers may last: not on Workers. */
  isLive?: boolean;
}

export function adminOf(composed: Composed, configuration: Configuration, ports: AdminPorts) {
  const { accounting, gateway } = composed;
  const { token, about, log, timers, process, editor, isLive } = ports;
  const { stores, writer, plans, metrics, recorder } = accounting;
  const { clock } = gateway;
  const sources: AdminSources = {
    clock,
    timers,
    about,
    directory: accounting.directory,
    declared: accounting.declared,
    books: stores?.keys,
    issue: { newId, hash: (secret) => hexOf(hashKey(secret)) },
    spending: accounting.books.spending,
    scopes: accounting.scopes,
    ledger: stores &&
      writer && {
        store: stores.ledger,
        state: () => writer.state,
        isWell: () => accounting.isLedgerWell(),
        isBehind: () => accounting.catchUp?.isBehind === true,
      },
    dispatch: () => dispatchReading(composed),
    accounts: () => composed.limiters.standings(clock.now()),
    alerts: accounting.alerts,
    metrics: () => {
      recorder.settle();
      return metrics.text({ ...sourcesOf(composed), process });
    },
    rules: () => rulesInForce(composed.documents().rules),
    inForce: () => gateway.routing,
    editor,
    isLive,
    savings: () => yardstickOf(gateway.routing, clock.now()),
    configuration,
    planOf: (requestId) => {
      recorder.settle();
      return withContributions(plans.find(requestId), gateway.routing.scorer);
    },
    onChange: (change) => log.info(change, 'an operator has changed something'),
    onFailure: (cause, requestId) =>
      log.error({ requestId, cause: cause instanceof Error ? cause.stack : String(cause) }, 'the admin API fails'),
  };
  const lock = { hash: hashKey(token), check: KEY_CHECK };
  const admin = createAdminApp({ sources, lock, http: fetchHttp });
  return createPageApp({
    admin: (request, env, context) => admin.fetch(request, env, context),
    router: (request, env, context) => composed.appForPage.fetch(request, env, context),
    lock,
    sources,
  });
}

function dispatchReading({ gateway }: Composed): DispatchReading {
  const { dispatcher, clock, memory } = gateway;
  const nowMs = clock.now();
  const small = { requests: 1 };
  const deployments = Array.from(dispatcher.targets, (target) => {
    const { deployment, resource, fuse, takenAt } = target;
    const speed = memory.speeds.speedOf(deployment.id, nowMs);
    return {
      deployment: deployment.id,
      model: deployment.model,
      provider: deployment.endpoint.name,
      resource,
      circuit: fuse.state,
      room: target.room(nowMs),
      obstacle: target.outOfUse ?? target.obstacle(small, nowMs),
      waitMs: target.waitMs(small, nowMs),
      firstTokenMs: speed?.firstTokenMs || undefined, // 0: only whole answers are known.
      tokensPerSecond: speed?.tokensPerSecond,
      lastCallAtMs: takenAt === -Infinity ? undefined : takenAt,
    };
  });
  return { isEmergency: dispatcher.emergency.active(nowMs), waiting: dispatcher.room.waitingBy, deployments };
}

/** Both were checked when they came into force. */
function rulesInForce(own: unknown): RulesInForce {
  const { tiers, profiles, routes, rules } = merge(
    RulesDocument.parse(shippedRules),
    RulesDocument.parse(own ?? {}),
    [],
  );
  return {
    tiers,
    profiles: Object.fromEntries(profiles),
    routes: Object.fromEntries(routes),
    rules: rules.map(({ name, isGuard, when, do: action }) => ({ name, isGuard, when, do: action })),
  };
}
