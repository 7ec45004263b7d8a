/** JSON lines, one a request. On Node to standard output, on Workers to the console; never a body, never a secret. */
import { mapped } from '../core/lists.ts';
import type { Attempt, Clock, Recorder, RequestFact } from '../core/ports.ts';
import { scrub } from '../core/scrub.ts';

export interface Log {
  info(fields: object, message: string): void;
  /** For the operator to act on. */
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug';

export function logRecorder(log: Log, level: LogLevel): Recorder {
  const everyRequest = level === 'info' || level === 'debug';
  return {
    record(fact) {
      if (everyRequest) log.info(lineOf(fact), 'request');
    },
  };
}

/** What says nothing is left out; `routing` has the tier, the reason and the session. */
function lineOf(fact: RequestFact): object {
  const { requestId, key, tenant, asked, priority, deployment, outcome, stream, finishReason } = fact;
  const { usage, failure, attempts, tags, routing } = fact;
  const details = usage?.prompt_tokens_details;
  return {
    requestId,
    key,
    tenant,
    asked,
    priority,
    deployment,
    outcome,
    stream,
    finishReason,
    firstTokenMs: fact.firstTokenMs,
    queuedMs: fact.queuedMs,
    durationMs: fact.durationMs,
    tags: tags.length > 0 ? tags : undefined,
    cacheHit: fact.cacheHit || undefined,
    continued: fact.continued || undefined,
    shadow: fact.shadow || undefined,
    attempts: mapped(attempts, toWords),
    promptTokens: usage?.prompt_tokens,
    completionTokens: usage?.completion_tokens,
    cachedTokens: details?.cached_tokens,
    cacheWriteTokens: details?.cache_write_tokens,
    usageEstimated: usage?.usage_estimated,
    costUsd: fact.costUsd,
    routing: routing?.(),
    error: failure && scrub(failure.message),
    cause: failure && causeOf(failure.cause),
  };
}

function toWords({ deployment, outcome, durationMs }: Attempt): string {
  return `${deployment} ${outcome} ${Math.round(durationMs)}ms`;
}

function causeOf(cause: unknown): string | undefined {
  return cause instanceof Error ? scrub(`${cause.name}: ${cause.message}`) : undefined;
}

/** The numbers that pino made usual: collectors know them. */
const SEVERITY: Record<LogLevel, number> = { debug: 20, info: 30, warn: 40, error: 50, silent: 60 };

/** `{"level":30,"time":1767225600000,…,"message":"request"}` and a line break; `time` in Unix milliseconds. */
export function lineLog(level: LogLevel, write: (line: string) => void, clock: Clock): Log {
  const at = (severity: LogLevel) => {
    const number = SEVERITY[severity];
    if (number < SEVERITY[level]) return () => {};
    return (fields: object, message: string) => {
      const inner = JSON.stringify(fields).slice(1, -1);
      const more = inner === '' ? '' : `${inner},`;
      write(`{"level":${number},"time":${clock.now()},${more}"message":${JSON.stringify(message)}}\n`);
    };
  };
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

/** For Workers, where the console is the log. */
export function consoleLog(level: LogLevel): Log {
  const write = (severity: string, fields: object, message: string) =>
    console.log(JSON.stringify({ level: severity, message, ...fields }));
  return {
    info: (fields, message) => {
      if (level === 'info' || level === 'debug') write('info', fields, message);
    },
    warn: (fields, message) => {
      if (level !== 'silent' && level !== 'error') write('warn', fields, message);
    },
    error: (fields, message) => {
      if (level !== 'silent') write('error', fields, message);
    },
  };
}
