import type { Script, Step } from '../ask.ts';
import { idOf, seal } from '../seal.ts';
import { type Frame, wordsIn } from '../wire.ts';
import type { Reading } from './read.ts';

interface Part {
  text?: string;
  thought?: boolean;
  functionCall?: { id?: string; name: string; args: Record<string, unknown> };
  thoughtSignature?: string;
}

/** Words to an event: Gemini sends its text in larger lumps than the others. */
const WORDS = 4;

export function toAnswer(reading: Reading, script: Script, seed: string) {
  if (script.end === 'refused') return { promptFeedback: blocked(script), ...foot(reading, script, seed) };
  const parts = signed(
    reading,
    script.steps.map((step, index) => toPart(reading, step, `${seed} ${index}`)),
  );
  const content = parts.length > 0 ? { parts, role: 'model' } : { role: 'model' };
  const candidates = copiesOf(reading).map((index) => ({ content, ...ending(script), index }));
  return { candidates, ...foot(reading, script, seed) };
}

export function toEvents(reading: Reading, script: Script, seed: string): Frame[] {
  if (script.end === 'refused') return [frame({ promptFeedback: blocked(script), ...foot(reading, script, seed) })];
  const whole = signed(
    reading,
    script.steps.map((step, index) => toPart(reading, step, `${seed} ${index}`)),
  );
  const frames: Frame[] = [];
  for (const index of copiesOf(reading)) {
    for (const part of whole.flatMap(pieces)) {
      const candidates = [{ content: { parts: [part], role: 'model' }, index }];
      frames.push({ ...frame({ candidates, ...foot(reading, script, seed) }), word: true });
    }
    const signature = whole.find(
      ({ text, thoughtSignature }) => text !== undefined && thoughtSignature,
    )?.thoughtSignature;
    const last: Part = { text: '', ...(signature && { thoughtSignature: signature }) };
    const candidates = [{ content: { parts: [last], role: 'model' }, ...ending(script), index }];
    frames.push(frame({ candidates, ...foot(reading, script, seed) }));
  }
  return frames;
}

export function frame(data: unknown): Frame {
  return { data: `data: ${JSON.stringify(data)}\r\n\r\n` };
}

function toPart(reading: Reading, step: Step, seed: string): Part {
  switch (step.type) {
    case 'think':
      return { text: step.text, thought: true };
    case 'say':
    case 'refuse':
      return { text: step.text };
    case 'call': {
      const id = reading.isNew ? { id: idOf(seed, 'call', 8).toLowerCase() } : {};
      return { functionCall: { name: step.name, args: step.input, ...id } };
    }
  }
}

/** One signature an answer: on its first call, else on its text. Thoughts are shown only to who asked for them. */
function signed(reading: Reading, parts: readonly Part[]): Part[] {
  const shows = reading.request.generationConfig?.thinkingConfig?.includeThoughts === true;
  const carrier = parts.find(({ functionCall }) => functionCall) ?? parts.findLast(({ thought }) => !thought);
  const signs = parts.some(({ thought }) => thought) || (reading.isNew && carrier?.functionCall);
  const thoughtSignature = seal({ dialect: 'gemini', model: reading.model, text: '', prefix: '' });
  return parts
    .map((part) => (part === carrier && signs ? { ...part, thoughtSignature } : part))
    .filter(({ thought, text }) => (shows || !thought) && text !== '');
}

/** Calls stay whole; the signature of a text comes after it, at the end. */
function pieces(part: Part): Part[] {
  if (part.text === undefined) return [part];
  const words = wordsIn(part.text);
  return Array.from({ length: Math.ceil(words.length / WORDS) }, (_, at) => {
    const text = words.slice(at * WORDS, (at + 1) * WORDS).join('');
    return part.thought ? { text, thought: true } : { text };
  });
}

function copiesOf({ request }: Reading): number[] {
  return Array.from({ length: request.generationConfig?.candidateCount ?? 1 }, (_, index) => index);
}

/** Calls, too, end with STOP. */
function ending({ end }: Script) {
  const finishReason = end === 'length' ? 'MAX_TOKENS' : 'STOP';
  return { finishReason, ...(end === 'calls' && { finishMessage: 'Model generated function call(s).' }) };
}

function blocked(script: Script) {
  const said = script.steps.find(({ type }) => type === 'refuse')?.text ?? '';
  return { blockReason: 'PROHIBITED_CONTENT', blockReasonMessage: said };
}

function foot({ model, request }: Reading, { prompt, outputTokens, thoughtTokens }: Script, seed: string) {
  const promptTokenCount = prompt.fresh + prompt.cacheRead + prompt.cacheWritten;
  const candidatesTokenCount = outputTokens - thoughtTokens;
  return {
    usageMetadata: {
      promptTokenCount,
      ...(candidatesTokenCount > 0 && { candidatesTokenCount }),
      totalTokenCount: promptTokenCount + outputTokens,
      ...(prompt.cacheRead > 0 && { cachedContentTokenCount: prompt.cacheRead }),
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: promptTokenCount }],
      ...(thoughtTokens > 0 && { thoughtsTokenCount: thoughtTokens }),
      serviceTier: request.serviceTier ?? 'standard',
    },
    modelVersion: model,
    responseId: idOf(seed, 'response', 23),
  };
}
