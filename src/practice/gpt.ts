/**
 * What each OpenAI model takes and refuses. Kept apart from the router's catalog on purpose: practice would prove
 * nothing if both sides read the same table.
 */
import { Rejected } from './rejected.ts';

export interface Gpt {
  /** 0 for the o-series. */
  version: number;
  variant: string;
  reasons: boolean;
}

export function gptOf(model: string): Gpt | undefined {
  if (/^o\d/u.test(model)) return { version: 0, variant: model, reasons: true };
  const match = /^(?:chat)?gpt-(?:(\d+(?:\.\d+)?)o?(?:-|$))?(.*)$/u.exec(model);
  if (!match) return undefined;
  const version = Number(match[1] ?? 4); // `gpt-audio` and its like are fourth-generation.
  const variant = match[2] ?? '';
  return { version, variant, reasons: version >= 5 && !variant.includes('chat') };
}

/** `reasoning_effort` values; chat stops at `xhigh`. */
function gptEfforts(gpt: Gpt, api: 'chat' | 'responses'): readonly string[] {
  if (!gpt.reasons) return [];
  if (gpt.version === 0) return ['low', 'medium', 'high'];
  if (gpt.version < 5.1) return ['minimal', 'low', 'medium', 'high'];
  const efforts = alwaysReasons(gpt) ? ['low', 'medium', 'high'] : ['none', 'low', 'medium', 'high'];
  if (gpt.version >= 5.2) efforts.push('xhigh');
  if (gpt.version >= 5.6 && api === 'responses') efforts.push('max');
  return efforts;
}

function alwaysReasons({ version, variant }: Gpt): boolean {
  return (
    version >= 6.2 || (version === 6.1 && variant.startsWith('sol')) || (version === 6 && variant.startsWith('astra'))
  );
}

export function isReasoning(gpt: Gpt, effort: string | null | undefined): boolean {
  if (!gpt.reasons) return false;
  return (effort ?? (gpt.version === 5.1 ? 'none' : 'medium')) !== 'none';
}

/** Function tools together with reasoning are refused on chat completions from here on. */
export function toolsNeedResponses({ version }: Gpt): boolean {
  return version >= 5.4;
}

export function takesStop({ reasons, version, variant }: Gpt): boolean {
  return !reasons || (version === 0 && !/^o(?:3(?!-mini)|4)/u.test(variant));
}

export function checkEffort(gpt: Gpt, effort: string | null | undefined, api: 'chat' | 'responses'): void {
  if (effort === null || effort === undefined) return;
  const param = api === 'chat' ? 'reasoning_effort' : 'reasoning.effort';
  const efforts = gptEfforts(gpt, api);
  if (efforts.includes(effort)) return;
  if (efforts.length === 0) throw unsupportedParameter(param);
  const list = efforts.map((one) => `'${one}'`).join(', ');
  throw new Rejected(
    400,
    `Unsupported value: '${param}' does not support '${effort}' with this model. Supported values are: ${list}.`,
    {
      param,
      word: 'unsupported_value',
    },
  );
}

export function unsupportedParameter(param: string, instead?: string): Rejected {
  const advice = instead ? ` Use '${instead}' instead.` : '';
  return new Rejected(400, `Unsupported parameter: '${param}' is not supported with this model.${advice}`, {
    param,
    word: 'unsupported_parameter',
  });
}
