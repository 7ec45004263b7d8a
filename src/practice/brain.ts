/**
 * What a practice provider says. Pure and deterministic: the same request gets the same answer, and every answer
 * admits that it is practice.
 */
import { type Ask, type Script, type Step, type ToolOffer, tokensOf } from './ask.ts';
import { type Directives, withoutDirectives as withoutTroubles } from './directives.ts';
import { type Planned, withoutPlan } from './plan.ts';
import { isSchema, sample, sampleArguments } from './sample.ts';

const LONGEST_QUOTE = 600;
const SEVERAL = /\bboth\b|\bparallel\b/iu;
/** How the router asks again for a call that was demanded and did not come. */
const NUDGE = /\bmust call (?:the tool|one of the tools)\b/iu;
/** Where a tool stood in one at OpenAI, the other dialects have it in the name. */
const NAMESPACE = /^.+__/u;
const FILLER =
  'lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore'.split(' ');

export function compose(ask: Ask, directives: Directives, planned?: Planned): Script {
  const steps = directives.empty ? [] : directives.refuse ? [refusal(ask)] : stepsFor(ask, directives, planned);
  const ended = endOf(steps);
  return counted(ask, cutByLength(ask.maxTokens, cutByStop(ask.stop, { steps, end: ended })));
}

type Draft = Pick<Script, 'steps' | 'end' | 'stopped'>;

function stepsFor(ask: Ask, directives: Directives, planned: Planned | undefined): Step[] {
  const thought: Step[] = ask.thinks ? [{ type: 'think', text: thoughtAbout(ask) }] : [];
  const agreed = planned && stepsOf(planned, ask);
  if (agreed) return [...thought, ...agreed];
  const calls = callsFor(ask);
  if (calls.length > 0) return [...thought, ...calls];
  return [...thought, { type: 'say', text: jsonFor(ask) ?? speech(ask, directives) }];
}

function refusal(ask: Ask): Step {
  return { type: 'refuse', text: `${introduction(ask)} It declines, because the directive asked it to.` };
}

/** Nothing where this is not the request that the plan is for: agents also ask for titles, without tools or in JSON. */
function stepsOf({ calls, say }: Planned, ask: Ask): Step[] | undefined {
  const offered = calls.map(({ name }) =>
    ask.tools.find((tool) => tool.name === name || tool.name.replace(NAMESPACE, '') === name),
  );
  const missing = calls.find((_, index) => !offered[index]);
  if (calls.length > 0 && (ask.tools.length === 0 || ask.toolMode === 'none')) return undefined;
  if (ask.json || (ask.toolMode === 'required' && (missing || calls.length === 0))) return undefined;
  if (missing) {
    const names = ask.tools.map(({ name }) => name).join(', ');
    return [{ type: 'say', text: `${introduction(ask)} The plan calls ${missing.name}; the tools are ${names}.` }];
  }
  const results = quote(ask.results.map(({ text }) => text).join(' '));
  const said = say === undefined ? [] : [`${introduction(ask)} ${unquoted(say).replaceAll('{result}', () => results)}`];
  const wanted = offered.flatMap((tool, index) => (tool ? [plannedCall(tool, calls[index]?.input ?? '')] : []));
  return [...said.map((text) => ({ type: 'say' as const, text })), ...wanted];
}

/** In quotation marks it may hold line breaks, as JSON writes them. */
function unquoted(text: string): string {
  const given = text.startsWith('"') ? parsed(text) : undefined;
  return typeof given === 'string' ? given : text;
}

/** A text in quotation marks goes into the only field that must be filled, or to a tool that takes free text. */
function plannedCall({ name, schema, custom = false }: ToolOffer, written: string): Step {
  const given = parsed(written);
  const [field = 'input'] = isSchema(schema) && Array.isArray(schema['required']) ? schema['required'] : [];
  const input = isSchema(given) ? given : given === undefined ? {} : { [String(field)]: given };
  const text = custom ? (typeof given === 'string' ? given : written) : JSON.stringify(input);
  return { type: 'call', name, custom, input: custom ? {} : input, text };
}

function callsFor(ask: Ask): Step[] {
  if (ask.tools.length === 0 || ask.toolMode === 'none') return [];
  const demanded = ask.toolMode === 'required' || NUDGE.test(ask.said);
  if (ask.results.length > 0 && !demanded) return [];
  const text = withoutDirectives(ask.said);
  const fitting = byFitness(ask.tools, `${ask.system}\n${text}`);
  const chosen = ask.parallel && SEVERAL.test(text) ? two(fitting) : fitting.slice(0, 1);
  return chosen.map((tool, turn) => callOf(tool, text, turn));
}

/** Two tools if two fit, else the same one for two things. */
function two([first, second]: ToolOffer[]): ToolOffer[] {
  if (!first) return [];
  return [first, second ?? first];
}

function callOf(tool: ToolOffer, text: string, turn: number): Step {
  const custom = tool.custom === true;
  const input = custom ? {} : sampleArguments(tool.schema, text, turn);
  return { type: 'call', name: tool.name, custom, input, text: custom ? `practice: ${text}` : JSON.stringify(input) };
}

/** Tools whose name or description shares most words with the request; as they stand where none does. */
function byFitness(tools: readonly ToolOffer[], text: string): ToolOffer[] {
  const spoken = new Set(wordsOf(text));
  const fit = (tool: ToolOffer): number => {
    const named = text.includes(`\`${tool.name}\``) || text.includes(`"${tool.name}"`) ? 100 : 0;
    const words = new Set(wordsOf(`${tool.name} ${tool.description ?? ''}`));
    return named + [...words].filter((word) => spoken.has(word)).length;
  };
  return tools.toSorted((one, other) => fit(other) - fit(one));
}

function wordsOf(text: string): string[] {
  const spaced = text.replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2').toLowerCase();
  return spaced.match(/[\p{L}\p{N}]{3,}/gu) ?? [];
}

function withoutDirectives(text: string): string {
  return withoutTroubles(withoutPlan(text));
}

function introduction(ask: Ask): string {
  const who = `Signalbox's practice ${ask.dialect} (${ask.model})`;
  return `This is a practice answer from ${who}: no model was called and nothing was billed.`;
}

function speech(ask: Ask, directives: Directives): string {
  const said = withoutDirectives(ask.said);
  const sentences = [introduction(ask)];
  for (const { name, text } of ask.results) sentences.push(`${name} returned: «${quote(text)}».`);
  if (said) sentences.push(`You said: «${quote(said)}».`);
  if (ask.attachments > 0) sentences.push(`Attachments: ${ask.attachments}.`);
  if (directives.unknown.length > 0) sentences.push(`Unknown directives: ${directives.unknown.join(', ')}.`);
  return lengthened(sentences.join(' '), directives.words);
}

function lengthened(text: string, words: number | undefined): string {
  const missing = (words ?? 0) - text.split(' ').length;
  const more = Array.from({ length: Math.max(missing, 0) }, (_, index) => FILLER[index % FILLER.length]);
  return [text, ...more].join(' ');
}

function quote(text: string): string {
  return text.length > LONGEST_QUOTE ? `${cutText(text, LONGEST_QUOTE)}…` : text;
}

function thoughtAbout(ask: Ask): string {
  const words = withoutDirectives(ask.said).split(/\s+/u).filter(Boolean).length;
  return `Practice thought: words from the user: ${words}. There is nothing to work out, because no model was called.`;
}

/** JSON where the wire has a field for it, and where only the instructions ask for it (Claude's JSON mode). */
function jsonFor(ask: Ask): string | undefined {
  const json = ask.json ?? jsonDemandedIn(ask.system);
  if (!json) return undefined;
  const text = withoutDirectives(ask.said);
  if (json.schema) return JSON.stringify(sample(json.schema, text));
  return JSON.stringify({
    practice: true,
    answered_by: `practice ${ask.dialect} (${ask.model})`,
    you_said: quote(text),
  });
}

function jsonDemandedIn(system: string): Ask['json'] {
  if (!/\bJSON\b/u.test(system)) return undefined;
  const schema = schemaIn(system);
  if (schema) return { schema };
  return /\b(?:one|only|single)\b[^.]*\bJSON\b|\bJSON\b[^.]*\bonly\b/u.test(system) ? {} : undefined;
}

/** On a line of its own, or the only thing in braces. */
function schemaIn(text: string): Record<string, unknown> | undefined {
  const braced = text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1);
  return [...text.split('\n'), braced].map(parsedSchema).find((schema) => schema !== undefined);
}

function parsedSchema(text: string): Record<string, unknown> | undefined {
  const found = text.startsWith('{') ? parsed(text) : undefined;
  return isSchema(found) && ['type', 'properties', '$ref', 'anyOf'].some((key) => key in found) ? found : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Braces, but no JSON.
  }
}

function endOf(steps: readonly Step[]): Script['end'] {
  if (steps.some(({ type }) => type === 'call')) return 'calls';
  return steps.some(({ type }) => type === 'refuse') ? 'refused' : 'done';
}

/** Stop sequences end the text before the first of them; thoughts and calls are not text. */
function cutByStop(stop: readonly string[], draft: Draft): Draft {
  const index = draft.steps.findIndex(({ type }) => type === 'say');
  const step = draft.steps[index];
  if (step?.type !== 'say') return draft;
  const found = stop.filter((sequence) => step.text.includes(sequence));
  const [first] = found.toSorted((one, other) => step.text.indexOf(one) - step.text.indexOf(other));
  if (first === undefined) return draft;
  const text = step.text.slice(0, step.text.indexOf(first));
  return { steps: [...draft.steps.slice(0, index), { type: 'say', text }], end: 'stop', stopped: first };
}

/** A thought or text is cut in the middle; a call that does not fit is not made. */
function cutByLength(maxTokens: number | undefined, draft: Draft): Draft {
  let left = (maxTokens ?? Infinity) * 4;
  const kept: Step[] = [];
  for (const step of draft.steps) {
    if (step.text.length <= left) kept.push(step);
    else if (step.type !== 'call' && left > 0) kept.push({ ...step, text: cutText(step.text, left) });
    if (step.text.length > left) return { steps: kept, end: 'length' };
    left -= step.text.length;
  }
  return { ...draft, steps: kept };
}

/** Never in the middle of a surrogate pair. */
function cutText(text: string, length: number): string {
  const end = /[\uD800-\uDBFF]/u.test(text.charAt(length - 1)) ? length - 1 : length;
  return text.slice(0, end);
}

function counted(ask: Ask, draft: Draft): Script {
  const weight = (steps: readonly Step[]): number => tokensOf(steps.reduce((sum, { text }) => sum + text.length, 0));
  const thoughtTokens = weight(draft.steps.filter(({ type }) => type === 'think'));
  const outputTokens = thoughtTokens + weight(draft.steps.filter(({ type }) => type !== 'think'));
  return { ...draft, prompt: ask.prompt, thoughtTokens, outputTokens };
}
