import type { MediaUsage, Usage } from '../../src/core/chat.ts';
import type { Task } from '../../src/core/task.ts';
import { record } from '../shared/refusal.ts';

type Counts = Record<string, unknown>;

/** Of an answer or its last event. Every endpoint counts in fields of its own; undefined where it does not count. */
export function toTaskUsage(answer: Counts, { kind }: Pick<Task, 'kind'>): Usage | undefined {
  const counts = record(answer['usage']);
  const seconds = counts?.['type'] === 'duration' ? counts['seconds'] : answer['duration'];
  if (!counts || counts['type'] === 'duration') return isCount(seconds) ? spent(0, 0, { seconds }) : undefined;
  const prompt = countOf(counts, 'prompt_tokens') ?? countOf(counts, 'input_tokens');
  if (prompt === undefined) return undefined;
  const completion = countOf(counts, 'completion_tokens') ?? countOf(counts, 'output_tokens') ?? 0;
  return spent(prompt, completion, mediaOf(counts, kind, completion));
}

function mediaOf(counts: Counts, kind: Task['kind'], completion: number): MediaUsage | undefined {
  const input = record(counts['input_tokens_details']) ?? record(counts['input_token_details']) ?? {};
  const output = record(counts['output_tokens_details']) ?? {};
  const isImage = kind === 'images' || kind === 'image_edits';
  const media: MediaUsage = {};
  const { image_tokens: imageInputTokens, audio_tokens: audioInputTokens } = input;
  const imageOutputTokens = output['image_tokens'] ?? (isImage ? completion : undefined);
  if (isCount(imageInputTokens)) media.imageInputTokens = imageInputTokens;
  if (isCount(audioInputTokens)) media.audioInputTokens = audioInputTokens;
  if (isCount(imageOutputTokens)) media.imageOutputTokens = imageOutputTokens;
  return Object.keys(media).length > 0 ? media : undefined;
}

function spent(prompt: number, completion: number, media: MediaUsage | undefined): Usage {
  const usage: Usage = { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
  if (media) usage.media = media;
  return usage;
}

function countOf(counts: Counts, name: string): number | undefined {
  const count = counts[name];
  return isCount(count) ? count : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
