import type { z } from 'zod';
import type { ChatRequest } from '../core/chat.ts';
import { GatewayError } from '../core/errors.ts';
import { isPlain } from './plain.ts';
import { Body } from './schema.ts';

export interface BodyLimits {
  maxBodyBytes: number;
  maxMessages: number;
  /** Levels of nesting. */
  maxDepth: number;
}

/** The client's JSON text as a request. Throws `invalid_request` that names the field. */
export function parseChatRequest(text: string, limits: BodyLimits): ChatRequest {
  const body = parseJson(text);
  if (!isPlain(body)) checkShape(body, limits);
  const request = body as ChatRequest; // Checked; the original keeps the client's order of keys.
  if (request.messages.length > limits.maxMessages) {
    const message = `messages: at most ${limits.maxMessages} are taken, not ${request.messages.length}`;
    throw new GatewayError('invalid_request', message, { param: 'messages' });
  }
  return request;
}

function checkShape(body: unknown, { maxDepth }: BodyLimits): void {
  if (isDeeperThan(body, maxDepth)) {
    throw new GatewayError('invalid_request', `The body is nested deeper than ${maxDepth} levels`);
  }
  const parsed = Body.safeParse(body);
  if (!parsed.success) throw explain(parsed.error);
}

function parseJson(text: string): unknown {
  if (text.trim() === '') throw new GatewayError('invalid_request', 'The body is empty; send a JSON object');
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'unreadable';
    throw new GatewayError('invalid_request', `The body is not JSON: ${why.slice(0, 200)}`, { cause });
  }
}

function explain(error: z.ZodError): GatewayError {
  const issue = deepest(error.issues[0]);
  const param = issue?.path.join('.') ?? '';
  const where = param || 'body';
  return new GatewayError('invalid_request', `${where}: ${issue?.message ?? 'is not valid'}`, {
    param: param || undefined,
  });
}

/** Of a union's complaints, the one that got furthest is the one that the client meant. */
function deepest(issue: z.core.$ZodIssue | undefined): z.core.$ZodIssue | undefined {
  if (issue?.code !== 'invalid_union') return issue;
  const inner = issue.errors.flatMap(([first]) => first ?? []).toSorted((a, b) => b.path.length - a.path.length)[0];
  if (!inner || inner.path.length === 0) return issue;
  return deepest({ ...inner, path: [...issue.path, ...inner.path] });
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((item) => isDeeperThan(item, levels - 1));
  for (const key in value) if (isDeeperThan((value as Record<string, unknown>)[key], levels - 1)) return true;
  return false;
}
