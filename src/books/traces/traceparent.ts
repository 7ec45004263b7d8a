/** https://www.w3.org/TR/trace-context/ */
export interface TraceContext {
  /** 32 and 16 digits, hexadecimal, not all zero. */
  traceId: string;
  spanId: string;
  isSampled: boolean;
}

/** Versions to come begin like this one; `ff` is none. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:$|-)/;

/** Undefined for what is none: the caller's mistake is not ours. */
export function parseTraceparent(header: string | undefined): TraceContext | undefined {
  if (header === undefined || header.length > 256) return undefined;
  const text = header.trim();
  const [, traceId, spanId, flags] = TRACEPARENT.exec(text) ?? [];
  if (!traceId || !spanId || !flags || (text.startsWith('00') && text.length !== 55)) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}
