import * as z from 'zod';
import { readCsv } from './csv.ts';

/** An ask, and what the operator knows of how much it needed the strong model. */
export interface LabelRow {
  text: string;
  /** How many tools came with it. */
  tools: number;
  /** 0: the weak model does it. 1: only the strong one does. */
  label: number;
  /** What the strong model was better by: what routing is worth here. */
  gain: number;
  source: 'label' | 'tier' | 'scores' | 'thumb';
}

export type LabelFormat = 'jsonl' | 'csv';

const share = z.preprocess(
  (value) => (typeof value === 'string' ? Number(value) : value),
  z.number('must be a number from 0 to 1').min(0, 'must be 0 to 1').max(1, 'must be 0 to 1'),
);
const tiers = { haiku: 0, sonnet: 0.5, opus: 1 } as const;
const tier = z.enum(['haiku', 'sonnet', 'opus'], 'must be haiku, sonnet or opus');

const LabelRecord = z
  .object({
    text: z.string('must be a text').min(1, 'must not be empty'),
    tools: z
      .preprocess((value) => (typeof value === 'string' ? Number(value) : value), z.int('must be a number').min(0))
      .default(0),
    label: share.optional(),
    tier: tier.optional(),
    weak: share.optional(),
    strong: share.optional(),
    thumb: z.enum(['up', 'down'], 'must be up or down').optional(),
  })
  .transform((record, context): LabelRow => {
    const judged = judgementOf(record);
    if ('missing' in judged) {
      context.addIssue({ code: 'custom', path: [judged.missing], message: judged.message });
      return z.NEVER;
    }
    return { text: record.text, tools: record.tools, ...judged };
  });
type Judgement = Pick<LabelRow, 'label' | 'gain' | 'source'>;
interface Spellings {
  label?: number | undefined;
  tier?: keyof typeof tiers | undefined;
  weak?: number | undefined;
  strong?: number | undefined;
  thumb?: 'up' | 'down' | undefined;
}

/** A row may be spelt in several ways; the one that says most counts. */
function judgementOf({
  label,
  tier,
  weak,
  strong,
  thumb,
}: Spellings): Judgement | { missing: string; message: string } {
  if (weak !== undefined || strong !== undefined) {
    if (weak === undefined) return { missing: 'weak', message: 'must stand beside "strong"' };
    if (strong === undefined) return { missing: 'strong', message: 'must stand beside "weak"' };
    return { label: (1 + strong - weak) / 2, gain: strong - weak, source: 'scores' };
  }
  if (label !== undefined) return { label, gain: label, source: 'label' };
  if (thumb !== undefined) {
    if (tier === undefined) return { missing: 'tier', message: 'must say which tier the thumb is about' };
    const needed = thumbLabel(thumb, tier);
    return { label: needed, gain: needed, source: 'thumb' };
  }
  if (tier !== undefined) return { label: tiers[tier], gain: tiers[tier], source: 'tier' };
  return { missing: 'label', message: 'is missing, and so are "tier", "weak" and "strong", "thumb"' };
}

/** Praise of a strong model does not say that it was needed; a complaint about any does say that more was. */
function thumbLabel(thumb: 'up' | 'down', tier: keyof typeof tiers): number {
  return thumb === 'down' ? 1 : tiers[tier] / 2;
}

const MAX_MISTAKES = 20;

/** The rows of a file. Throws one error that names the line and the field of every mistake. */
export function readLabels(text: string, format: LabelFormat): LabelRow[] {
  const rows: LabelRow[] = [];
  const mistakes: string[] = [];
  for (const { line, value } of format === 'csv' ? csvRecords(text) : jsonRecords(text, mistakes)) {
    const parsed = LabelRecord.safeParse(value);
    if (parsed.success) rows.push(parsed.data);
    else
      for (const { path, message } of parsed.error.issues)
        mistakes.push(`line ${line}: "${path.join('.')}" ${message}`);
  }
  if (mistakes.length === 0) return rows;
  const more = mistakes.length > MAX_MISTAKES ? [`and ${mistakes.length - MAX_MISTAKES} more`] : [];
  throw new Error(['The labels are invalid:', ...mistakes.slice(0, MAX_MISTAKES), ...more].join('\n'));
}

interface LabelledLine {
  line: number;
  value: unknown;
}

function jsonRecords(text: string, mistakes: string[]): LabelledLine[] {
  const records: LabelledLine[] = [];
  for (const [index, json] of text.split('\n').entries()) {
    if (json.trim() === '') continue;
    try {
      records.push({ line: index + 1, value: withoutEmpty(JSON.parse(json)) });
    } catch {
      mistakes.push(`line ${index + 1}: is no JSON`);
    }
  }
  return records;
}

/** The first record names the fields. */
function csvRecords(text: string): LabelledLine[] {
  const [head, ...records] = readCsv(text.replace(/^\uFEFF/, ''));
  const names = head?.fields.map((name) => name.trim().toLowerCase()) ?? [];
  return records.map(({ line, fields }) => ({
    line,
    value: withoutEmpty(Object.fromEntries(names.map((name, index) => [name, fields[index]]))),
  }));
}

function withoutEmpty(record: unknown): unknown {
  if (typeof record !== 'object' || record === null) return record;
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null && value !== ''));
}
