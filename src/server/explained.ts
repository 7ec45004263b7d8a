/** An explanation as a person reads it. */
import type { ExplainedCandidate, Explanation } from '../gateway/explain.ts';
import { dollars, table } from './columns.ts';

/** Contributions that small change nothing. */
const SHOWN = 0.005;
const MAX_CONTRIBUTIONS = 8;
const MAX_CANDIDATES = 15;

export function explained(told: Explanation): string {
  const { asked, refusal, tier, reason, candidates } = told;
  const [first] = candidates;
  const verdict = refusal
    ? [`refused    ${refusal.status} ${refusal.code}: ${refusal.message}`]
    : [`would ask  ${first?.deployment ?? 'nobody'}${tier === undefined ? '' : ` (tier ${tier})`}`];
  return [
    `asked for  ${asked}`,
    ...verdict,
    ...(reason === undefined ? [] : [`reason     ${reason}`]),
    ...rulesOf(told),
    ...scoreOf(told),
    '',
    `request    ${factsOf(told)}`,
    `session    ${sessionOf(told)}`,
    `plan       ${planOf(told)}`,
    ...candidatesOf(told),
    ...droppedOf(told),
  ].join('\n');
}

function rulesOf({ fired, strategy, shadow, canary }: Explanation): string[] {
  const lines = fired.map(({ name, did }, index) => `${index === 0 ? 'rules     ' : '          '} ${name}: ${did}`);
  if (canary !== undefined) lines.push(`canary     ${canary}`);
  if (shadow !== undefined) lines.push(`shadow     a copy goes to ${shadow}`);
  if (strategy !== 'order') lines.push(`strategy   ${strategy}`);
  return lines;
}

function scoreOf({ score }: Explanation): string[] {
  if (!score) return [];
  const cuts = score.cuts.map(({ tier, from }) => `${tier} from ${from}`).join(', ');
  const shown = score.contributions.filter(({ value }) => Math.abs(value) >= SHOWN);
  const learned = score.overlayShare > 0 ? `; ${Math.round(score.overlayShare * 100)} % learned` : '';
  return [
    '',
    `score      ${score.value.toFixed(3)}  (profile ${score.profile}: ${cuts}${learned})`,
    ...table(
      shown.slice(0, MAX_CONTRIBUTIONS).map(({ name, value }) => [name, `${value > 0 ? '+' : ''}${value.toFixed(3)}`]),
    ).map((line) => `           ${line}`),
  ];
}

function factsOf({ facts }: Explanation): string {
  const { inputTokens, outputTokens, turn, language, toolCount, media, structured, pin, budgetLeft } = facts;
  const flags = { inToolLoop: 'in a tool loop', isFollowUp: 'a short follow-up', isStalled: 'stalled' } as const;
  return [
    `about ${inputTokens} tokens in, ${outputTokens} out`,
    `turn ${turn}`,
    language,
    toolCount > 0 && `${toolCount} tool${toolCount === 1 ? '' : 's'}`,
    ...media,
    structured !== 'none' && structured,
    facts.isHousekeeping && 'housekeeping',
    ...(['inToolLoop', 'isFollowUp', 'isStalled'] as const).map((name) => facts[name] && flags[name]),
    pin !== undefined && `asks for tier ${pin}`,
    budgetLeft !== undefined && `${Math.round(budgetLeft * 100)} % of the budget left`,
  ]
    .filter((part) => typeof part === 'string')
    .join(', ');
}

function sessionOf({ session, stay }: Explanation): string {
  const { id, last } = session;
  if (!last) return `${id}, not seen before`;
  const { deployment, idleMs, cachedTokens } = last;
  const cached = cachedTokens > 0 ? `, ${Math.round(cachedTokens)} tokens in its prompt cache` : '';
  return `${id}, at ${deployment} ${Math.round(idleMs / 1000)} s ago${cached}${stay === undefined ? '' : `; ${stay}`}`;
}

function planOf({ plan, ceilings }: Explanation): string {
  return [
    `at most ${plan.maxCalls} calls in ${plan.deadlineMs / 1000} s`,
    `${plan.retriesLeft} retries left for all`,
    plan.maxCostUsd !== undefined && `none after $${dollars(plan.maxCostUsd)}`,
    ceilings.maxLatencyMs !== undefined && `an answer in ${ceilings.maxLatencyMs} ms`,
    `up to ${plan.maxWaitMs / 1000} s in the queue`,
    plan.hedge && 'hedged',
  ]
    .filter((part) => typeof part === 'string')
    .join(', ');
}

function candidatesOf({ candidates }: Explanation): string[] {
  if (candidates.length === 0) return [];
  const rows = candidates.map((candidate, index) => [
    String(index + 1),
    candidate.deployment,
    candidate.after ? `after ${candidate.after}` : (candidate.tier ?? ''),
    candidate.expectedCostUsd === undefined ? 'price unknown' : `$${dollars(candidate.expectedCostUsd)}`,
    speedOf(candidate),
    stateOf(candidate),
  ]);
  const more = rows.length > MAX_CANDIDATES ? [`  and ${rows.length - MAX_CANDIDATES} more: see --json`] : [];
  const shown = table(rows.slice(0, MAX_CANDIDATES)).map((line) => `  ${line}`);
  return ['', 'candidates, in the order to be tried', ...shown, ...more];
}

function speedOf({ speed }: ExplainedCandidate): string {
  if (!speed) return 'speed unknown';
  const { firstTokenMs, tokensPerSecond } = speed;
  const rate = tokensPerSecond === undefined ? [] : [`${Math.round(tokensPerSecond)} tokens/s`];
  return [...(firstTokenMs > 0 ? [`${Math.round(firstTokenMs)} ms`] : []), ...rate].join(' + ');
}

function stateOf({ obstacle, waitMs, room }: ExplainedCandidate): string {
  if (obstacle === undefined) return `${Math.round(room * 100)} % room`;
  return `${obstacle}, ${waitMs === undefined ? 'not waited for' : `${Math.ceil(waitMs)} ms`}`;
}

function droppedOf({ dropped }: Explanation): string[] {
  if (dropped.length === 0) return [];
  const rows = dropped.slice(0, MAX_CANDIDATES).map(({ deployment, why }) => [deployment, why]);
  const more = dropped.length > MAX_CANDIDATES ? [`  and ${dropped.length - MAX_CANDIDATES} more: see --json`] : [];
  return ['', 'left out', ...table(rows).map((line) => `  ${line}`), ...more];
}
