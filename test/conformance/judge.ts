import OpenAI from 'openai';
import { expect } from 'vitest';
import type { Column } from './columns.ts';
import type { Feature, Support } from './feature.ts';
import { Talk, type Warned } from './talk.ts';

/** Runs a feature and says what became of it. Throws where the answer is wrong, or something else was lost. */
export async function judge(feature: Feature, column: Column, streamed: boolean): Promise<Support> {
  const talk = new Talk(column, { streamed, upstream: feature.upstream });
  try {
    const answer = await perform(feature, talk);
    const support = gravestOf(talk.warned, feature.param);
    if (support === 'dropped' || support === 'changed') await expectRefusal(feature, column, streamed);
    if (support === 'dropped' || !answer) return support;
    feature.check?.(answer, talk);
    if (feature.gives && !feature.gives(answer, talk)) return 'absent';
    const said = !feature.sent || talk.sent.some(({ body }) => feature.sent?.test(body));
    return support === 'native' && !said ? 'equal' : support;
  } catch (cause) {
    if (isRefusal(cause, feature)) return 'refused';
    throw cause;
  }
}

async function perform(feature: Feature, talk: Talk) {
  return feature.run ? feature.run(talk) : talk.ask(feature.ask ?? {});
}

const GRAVEST = ['dropped', 'changed', 'emulated'] as const;

/** The gravest of the warnings, which are all about `param`. */
export function gravestOf(warned: readonly Warned[], param: RegExp | undefined): Support {
  const others = warned.filter((each) => !param?.test(each.param));
  expect(others, 'warnings about something else').toEqual([]);
  return GRAVEST.find((action) => warned.some((each) => each.action === action)) ?? 'native';
}

/** Under `x-signalbox-strict` the same question is refused. */
async function expectRefusal(feature: Feature, column: Column, streamed: boolean): Promise<void> {
  const strict = new Talk(column, { streamed, headers: { 'x-signalbox-strict': 'true' } });
  const cause: unknown = await perform(feature, strict).catch((reason: unknown) => reason);
  expect(isRefusal(cause, feature), 'x-signalbox-strict refuses it').toBe(true);
}

/** Of the router (`unsupported_parameter`) or of the provider, but always by name. */
function isRefusal(cause: unknown, { param }: Feature): boolean {
  return cause instanceof OpenAI.BadRequestError && param !== undefined && param.test(cause.param ?? '');
}
