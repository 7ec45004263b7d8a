/** The prompts with the scores of cheap and strong models: what each file is, which pairs are compared. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';

const amounts = z.record(z.string(), z.number());

const Row = z.object({
  text: z.string(),
  lang: z.string().optional(),
  tier: z.string().optional(),
  scores: amounts.default({}),
  out_tokens: amounts.default({}),
});
export type Row = z.infer<typeof Row>;

export type Pair = readonly [weak: string, strong: string];

const MIXTRAL_TO_GPT4: Pair = ['mistralai/Mixtral-8x7B-Instruct-v0.1', 'gpt-4-1106-preview'];
export const HAIKU = 'claude-3-haiku-20240307';
export const SONNET = 'claude-3-sonnet-20240229';
export const OPUS = 'claude-3-opus-20240229';
export const HAIKU_TO_OPUS: Pair = [HAIKU, OPUS];
const ZEROEVAL: readonly Pair[] = [
  HAIKU_TO_OPUS,
  ['claude-3-5-haiku-20241022', 'claude-3-5-sonnet-20241022'],
  ['gpt-4o-mini-2024-07-18', 'gpt-4o-2024-08-06'],
  ['gemini-1.5-flash', 'gemini-1.5-pro'],
  ['Meta-Llama-3.1-8B-Instruct', 'Llama-3.1-405B-Inst@sambanova'],
];

/** Each set's pairs are averaged; a pair counts where both models scored the prompt. */
export const SETS: Readonly<Record<string, readonly Pair[]>> = {
  routellm_mmlu: [MIXTRAL_TO_GPT4],
  routellm_gsm8k: [MIXTRAL_TO_GPT4],
  zeroeval_gsm: ZEROEVAL,
  zeroeval_crux: ZEROEVAL,
  zeroeval_math_l5: ZEROEVAL,
  mmlu_pro: [
    ['gemini-1.5-flash-002', 'gemini-1.5-pro-002'],
    ['Meta-Llama-3_1-8B-Instruct', 'Meta-Llama-3_1-70B-Instruct'],
  ],
  llmrouter_train: [
    ['mistral-7b-instruct-v0.3', 'llama-3.1-nemotron-51b-instruct'],
    ['qwen2.5-7b-instruct', 'llama-3.1-nemotron-51b-instruct'],
  ],
};
export const LABELS = 'labels_uncommonroute';

export type Data = Readonly<Record<string, readonly Row[]>>;

/** Every set that is there. Throws where none is. */
export function readData(folder: string): Data {
  const names = [...Object.keys(SETS), LABELS].filter((name) => existsSync(pathOf(folder, name)));
  if (names.length === 0) {
    throw new Error(
      `There is no data in ${folder}. It is not part of the project: give its place with --data DIR (files like routellm_mmlu.jsonl.gz).`,
    );
  }
  return Object.fromEntries(names.map((name) => [name, readRows(pathOf(folder, name))]));
}

function pathOf(folder: string, name: string): string {
  return join(folder, `${name}.jsonl.gz`);
}

function readRows(path: string): Row[] {
  const lines = gunzipSync(readFileSync(path)).toString('utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => Row.parse(JSON.parse(line)));
}

/** The rows of a set that both models scored. */
export function rowsOf(data: Data, sets: readonly string[], [weak, strong]: Pair): Row[] {
  const all = sets.flatMap((name) => data[name] ?? []);
  return all.filter(({ scores }) => scores[weak] !== undefined && scores[strong] !== undefined);
}

export function gainsOf(rows: readonly Row[], [weak, strong]: Pair): number[] {
  return rows.map(({ scores }) => (scores[strong] ?? 0) - (scores[weak] ?? 0));
}
