import * as z from 'zod';
import type { ChatMessage, ChatRequest } from '../../core/chat.ts';
import type { Notes } from '../field-names.ts';
import { type BodyLimits, checkCount, checkShape, parseJson } from '../json.ts';
import { toFields } from './config.ts';
import { toMessages, turnsOf } from './contents.ts';
import { type Findings, noFindings, noteDropped, noteOnly } from './findings.ts';
import { toDetail } from './media.ts';
import { isPlain } from './plain.ts';
import { Body, type GeminiBody } from './schema.ts';
import { spelled } from './spelling.ts';
import { toTools } from './tools.ts';

export interface Read {
  request: ChatRequest;
  findings: Findings;
  /** Its thoughts are to be seen. */
  showsThoughts: boolean;
}

/** Throws `invalid_request` that names the field. */
export function readBody(text: string, limits: BodyLimits): GeminiBody {
  const given = parseJson(text);
  if (isPlain(given)) return given as GeminiBody; // Checked.
  checkShape(given, z.looseObject({}), limits);
  const body = spelled(given);
  checkShape(body, Body, limits);
  return body as GeminiBody; // Checked.
}

export function toChat(body: GeminiBody, model: string, limits: BodyLimits, places?: Notes): Read {
  const { contents, systemInstruction, tools, toolConfig, generationConfig, labels, serviceTier, ...rest } = body;
  const findings = noFindings(places);
  const turns = turnsOf(contents);
  checkCount(turns.length, 'contents', limits);
  const messages = [...toSystem(systemInstruction, findings), ...toMessages(turns, findings)];
  const config = generationConfig ?? {};
  readRest(rest, findings);
  const tier = serviceTier && (TIERS[serviceTier] ?? serviceTier);
  return {
    request: {
      model,
      messages: withDetail(messages, toDetail(config.mediaResolution ?? undefined), findings.places),
      ...toTools({ contents, tools, toolConfig }, findings),
      ...toFields(config, findings),
      ...(labels && { metadata: labels }),
      ...(tier && { service_tier: tier as 'flex' }), // Unknown words are the provider's to refuse.
    },
    findings,
    showsThoughts: config.thinkingConfig?.includeThoughts === true,
  };
}

const TIERS: Readonly<Record<string, string>> = { standard: 'default', unspecified: 'auto' };

/** What is in a request for something else than an answer. */
function readRest({ cachedContent, ...rest }: Record<string, unknown>, findings: Findings): void {
  if (cachedContent) noteOnly(findings, 'cachedContent');
  noteDropped(findings, '', { ...rest, model: undefined }); // The path names it.
}

const SYSTEM = 'systemInstruction.parts';

function toSystem(instruction: GeminiBody['systemInstruction'], findings: Findings): ChatMessage[] {
  const parts = instruction?.parts ?? [];
  for (const [index, part] of parts.entries()) {
    if (typeof part.text !== 'string') noteOnly(findings, `${SYSTEM}.${index}`);
  }
  const { places } = findings;
  const texts = parts.flatMap(({ text }, index) =>
    text ? [places.note({ type: 'text' as const, text }, `${SYSTEM}.${index}`)] : [],
  );
  const [only] = texts;
  if (!only) return [];
  return [places.note({ role: 'system', content: texts.length === 1 ? only.text : texts }, SYSTEM)];
}

/** One resolution for all images that name none. */
function withDetail(messages: ChatMessage[], detail: 'low' | 'high' | undefined, places: Notes): ChatMessage[] {
  if (!detail) return messages;
  return messages.map((message) => {
    if (message.role !== 'user' || typeof message.content === 'string') return message;
    const content = message.content.map((part) =>
      part.type === 'image_url' ? places.same({ ...part, image_url: { detail, ...part.image_url } }, part) : part,
    );
    return places.same({ ...message, content }, message);
  });
}
