/** Gemini paints in its answers: one `generateContent` an image. */
import type { Usage } from '../../src/core/chat.ts';
import { GatewayError } from '../../src/core/errors.ts';
import type { Warning } from '../../src/core/provider.ts';
import type { ImagesTask, Picture, TaskAnswer, TaskExchange, TaskReply } from '../../src/core/task.ts';
import { reading } from '../shared/fault.ts';
import { toUsage } from './response.ts';
import type { GeminiPart, GeminiResponse } from './wire.ts';

interface Asked {
  task: ImagesTask;
  pathTo: (verb: string) => string;
}

/** Widths and heights that OpenAI's models paint, and what is nearest here. */
const RATIOS: Readonly<Record<string, string>> = {
  '256x256': '1:1',
  '512x512': '1:1',
  '1024x1024': '1:1',
  '1536x1024': '3:2',
  '1024x1536': '2:3',
  '1792x1024': '16:9',
  '1024x1792': '9:16',
};
/** Say nothing of the picture. */
const IDLE = new Set(['user', 'moderation', 'safety_identifier']);

export function images({ task, pathTo }: Asked): TaskExchange {
  if (task.stream) throw new GatewayError('unsupported', 'gemini sends images whole', { param: 'stream' });
  const { warnings, aspectRatio } = wishes(task);
  const body = JSON.stringify({
    contents: [{ role: 'user', parts: [{ text: task.prompt }, ...task.pictures.map(toPart)] }],
    generationConfig: { responseModalities: ['IMAGE'], ...(aspectRatio && { imageConfig: { aspectRatio } }) },
  });
  const request = { path: pathTo('generateContent'), headers: { 'content-type': 'application/json' }, body };
  return {
    requests: Array.from({ length: task.count }, () => request),
    warnings,
    read: (replies) => reading(() => readAnswers(replies)),
  };
}

function wishes({ size, others }: ImagesTask): { warnings: Warning[]; aspectRatio?: string | undefined } {
  const warnings: Warning[] = [];
  for (const [param, value] of Object.entries(others)) {
    if (param === 'response_format' && value === 'url') {
      throw new GatewayError('unsupported', 'gemini sends images as base64, not as addresses', { param });
    }
    if (param === 'mask') throw new GatewayError('unsupported', 'gemini takes no mask', { param });
    if (param === 'response_format' || value === 'auto') continue;
    warnings.push({ param, action: 'dropped', ...(IDLE.has(param) && { note: 'not of the picture' }) });
  }
  if (size === undefined || size === 'auto') return { warnings };
  const aspectRatio = RATIOS[size];
  if (!aspectRatio) throw new GatewayError('unsupported', `gemini paints nothing like ${size}`, { param: 'size' });
  warnings.push({ param: 'size', action: 'changed', note: `aspect ratio ${aspectRatio}` });
  return { warnings, aspectRatio };
}

function toPart({ mimeType, bytes }: Picture): GeminiPart {
  let binary = '';
  const step = 0x8000; // More arguments than this are more than a call may have.
  for (let at = 0; at < bytes.length; at += step) binary += String.fromCharCode(...bytes.subarray(at, at + step));
  return { inlineData: { mimeType, data: btoa(binary) } };
}

function readAnswers(replies: readonly TaskReply[]): TaskAnswer {
  const answers = replies.map(({ text }) => JSON.parse(text) as GeminiResponse);
  const painted = answers.flatMap(imagesIn);
  if (painted.length < replies.length) throw refusalIn(answers);
  return { images: painted, usage: together(answers), model: answers[0]?.modelVersion };
}

function imagesIn({ candidates }: GeminiResponse): { data: string; mimeType: string }[] {
  const parts = candidates?.[0]?.content?.parts ?? [];
  return parts.flatMap(({ inlineData, thought }) =>
    inlineData?.data && !thought ? [{ data: inlineData.data, mimeType: inlineData.mimeType ?? 'image/png' }] : [],
  );
}

/** Without a picture it has declined, whatever it calls that. */
function refusalIn(answers: readonly GeminiResponse[]): GatewayError {
  const [why] = answers.flatMap(({ promptFeedback, candidates }) => {
    const reason = promptFeedback?.blockReason ?? candidates?.[0]?.finishReason;
    return reason === undefined || reason === 'STOP' ? [] : [String(reason)];
  });
  if (why === undefined) return new GatewayError('fault', 'The provider sent an answer without an image');
  return new GatewayError('policy', `The provider made no image: ${why}`);
}

function together(answers: readonly GeminiResponse[]): Usage | undefined {
  const sum = { prompt: 0, completion: 0, imageOutputTokens: 0 };
  for (const { usageMetadata } of answers) {
    if (!usageMetadata) return undefined;
    const usage = toUsage(usageMetadata);
    sum.prompt += usage.prompt_tokens;
    sum.completion += usage.completion_tokens;
    sum.imageOutputTokens += usage.media?.imageOutputTokens ?? 0;
  }
  const { prompt, completion, imageOutputTokens } = sum;
  const usage: Usage = { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
  return imageOutputTokens > 0 ? { ...usage, media: { imageOutputTokens } } : usage;
}
