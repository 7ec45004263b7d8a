/**
 * The operator's rules inside the text of a configuration: taken out of it, and put back so that all else stays byte for
 * byte as its author wrote it. What cannot be done so is refused with the reason.
 */
import { isMap, isScalar, type Pair, parseDocument, type YAMLMap } from 'yaml';

export type Found = { ok: true; text: string } | { ok: false; reason: string };

const BRACES =
  '`routing:` is written in braces. Write it on lines of its own, or name a file: `routing: { rules: rules.yaml }`';
const ANCHORS = 'the rules use anchors of the rest of the file, or something else that cannot be taken out of it';

/** `routing.rules` as a text of its own; empty where there are none. */
export function rulesIn(configuration: string): Found {
  const place = placeIn(configuration);
  if (typeof place === 'string') return { ok: false, reason: place };
  const text = place.kind === 'there' ? outdented(configuration.slice(place.from, place.to)) : '';
  const isSame = JSON.stringify(valueOf(text)) === JSON.stringify(rulesOf(configuration));
  return isSame ? { ok: true, text } : { ok: false, reason: ANCHORS };
}

/** The configuration with these rules. Nothing else in it changes; that is looked at, not hoped for. */
export function withRules(configuration: string, rules: string): Found {
  const place = placeIn(configuration);
  if (typeof place === 'string') return { ok: false, reason: place };
  const { from, to, column } = place;
  const [before, after] = [configuration.slice(0, from), configuration.slice(to)];
  const body = indented(valueOf(rules) === null ? `${rules.trimEnd()}\n{}`.trimStart() : rules.trimEnd(), column + 2);
  const written = { there: '', none: `routing:\n  rules:`, routing: `\n${' '.repeat(column)}rules:` }[place.kind];
  const gap = place.kind === 'none' && before !== '' && !before.endsWith('\n') ? '\n' : '';
  const rest = before.endsWith('\n') || configuration[to - 1] !== '\n' ? after.replace(/^[ \t]*\r?\n/, '') : after;
  const text = inItsEnds(`${before}${gap}${written}\n${body}\n${rest}`, configuration);
  const isWhole =
    JSON.stringify(rulesOf(text)) === JSON.stringify(valueOf(rules) ?? {}) && restOf(text) === restOf(configuration);
  return isWhole ? { ok: true, text } : { ok: false, reason: 'they cannot be put into the file without changing more' };
}

/** Where in it the rules stand, or would; their text is from `from` to `to`, the key in `column`. */
interface Place {
  kind: 'there' | 'routing' | 'none';
  from: number;
  to: number;
  column: number;
}

function placeIn(configuration: string): Place | string {
  const { contents, errors } = parseDocument(configuration);
  if (errors.length > 0) return 'the file is not YAML just now';
  const end = configuration.length;
  if (isNothing(contents)) return { kind: 'none', from: end, to: end, column: 2 };
  if (!isMap(contents)) return 'the file is no configuration';
  const routing = pairOf(contents, 'routing');
  if (!routing) return contents.flow ? BRACES : { kind: 'none', from: end, to: end, column: 2 };
  const { value } = routing;
  const from = afterKey(routing, configuration);
  if (value === null || (isScalar(value) && value.value === null))
    return { kind: 'routing', from, to: from, column: 2 };
  if (!isMap(value) || value.flow) return BRACES;
  const rules = pairOf(value, 'rules');
  if (rules) return placeOf(rules, configuration);
  const [first] = value.items;
  return { kind: 'routing', from, to: from, column: first ? columnOf(first, configuration) : 2 };
}

/** `routing:` with nothing behind it, or a file of comments. */
function isNothing(node: unknown): boolean {
  return node === null || (isScalar(node) && node.value === null);
}

function placeOf(rules: Pair, text: string): Place {
  const from = afterKey(rules, text);
  const value = rules.value as { range?: readonly [number, number, number] } | null;
  return { kind: 'there', from, to: Math.max(from, value?.range?.[2] ?? from), column: columnOf(rules, text) };
}

function pairOf(map: YAMLMap, name: string): Pair | undefined {
  return map.items.find(({ key }) => isScalar(key) && key.value === name);
}

/** Behind the colon, and behind a comment on its line: that is about the key. */
function afterKey(pair: Pair, text: string): number {
  const colon = text.indexOf(':', rangeOf(pair)[1]) + 1;
  const comment = /^[ \t]*#[^\r\n]*/.exec(text.slice(colon))?.[0] ?? '';
  return colon + comment.length;
}

function columnOf(pair: Pair, text: string): number {
  const [at] = rangeOf(pair);
  return at - (text.lastIndexOf('\n', at - 1) + 1);
}

function rangeOf({ key }: Pair): readonly [number, number] {
  const [from, to] = (isScalar(key) && key.range) || [0, 0];
  return [from, to];
}

function outdented(body: string): string {
  const [first = '', ...rest] = body.replaceAll('\r\n', '\n').split('\n');
  if (!/^\s*(#.*)?$/.test(first)) return `${[first.trimStart(), ...rest].join('\n').trimEnd()}\n`; // On the key's line.
  const widths = rest.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length);
  const lines = rest.map((line) => line.slice(Math.min(...widths)));
  const text = lines.join('\n').trimEnd();
  return text === '' ? '' : `${text}\n`;
}

function indented(text: string, by: number): string {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  return lines.map((line) => (line.trim() === '' ? '' : `${' '.repeat(by)}${line}`)).join('\n');
}

/** Lines end as they did. */
function inItsEnds(text: string, like: string): string {
  return like.includes('\r\n') ? text.replaceAll(/\r?\n/g, '\r\n') : text;
}

type Tree = Record<string, unknown> & { routing?: Record<string, unknown> | null };

function treeOf(configuration: string): Tree {
  return (valueOf(configuration) ?? {}) as Tree; // `placeIn` has seen that it is a map, or nothing.
}

function rulesOf(configuration: string): unknown {
  return treeOf(configuration).routing?.rules ?? null;
}

function restOf(configuration: string): string {
  const { routing, ...rest } = treeOf(configuration);
  const { rules: _rules, ...others } = routing ?? {};
  return JSON.stringify([rest, others]);
}

/** Undefined where it is no YAML. */
function valueOf(text: string): unknown {
  const document = parseDocument(text);
  try {
    return document.errors.length > 0 ? undefined : (document.toJS() as unknown);
  } catch {
    return undefined; // An alias without its anchor, or too many of them.
  }
}

/** The line, from 1, on which the place stands that a mistake names: `rules[2].do.tier`, `rule 'night'.use`. */
export function lineOf(text: string, place: string): number | undefined {
  const document = parseDocument(text);
  let path: (string | number)[] = segmentsOf(valueOf(text), place);
  while (path.length > 0) {
    const node = document.getIn(path, true) as { range?: readonly number[] } | undefined;
    const at = node?.range?.[0];
    if (at !== undefined) return text.slice(0, at).split('\n').length;
    path = path.slice(0, -1);
  }
  return undefined;
}

function segmentsOf(value: unknown, place: string): (string | number)[] {
  const [, name, rest] = /^rule '(.+?)'\.?(.*)$/.exec(place) ?? [];
  const written = name === undefined ? place : `rules[${indexOf(value, name)}].${rest ?? ''}`;
  return [...written.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, key = '']) => (index ? Number(index) : key));
}

function indexOf(document: unknown, name: string): number {
  const rules = (document as { rules?: { name?: unknown }[] } | null | undefined)?.rules;
  return Array.isArray(rules) ? rules.findIndex((rule) => rule?.name === name) : -1;
}
