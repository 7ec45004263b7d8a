/** Spans as OTLP's JSON: ids in hexadecimal, 64-bit numbers as strings, kinds and codes as numbers. */

export type AttributeValue = string | number | boolean | readonly string[];
export type Attributes = Readonly<Record<string, AttributeValue | undefined>>;

export const KIND = { server: 2, client: 3 } as const;

export interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string | undefined;
  name: string;
  kind: keyof typeof KIND;
  startMs: number;
  endMs: number;
  attributes: Attributes;
  /** The kind of the error. */
  error?: string | undefined;
  events?: readonly { atMs: number; name: string; attributes: Attributes }[] | undefined;
  links?: readonly { traceId: string; spanId: string }[];
}

export interface Resource {
  attributes: Attributes;
  version: string;
}

/** The body of `POST …/v1/traces`. */
export function exportBody(spans: readonly Span[], { attributes, version }: Resource): string {
  const scope = { name: 'signalbox', version };
  const resource = { attributes: keyValues(attributes) };
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope, spans: spans.map(spanJson) }] }] });
}

function spanJson(span: Span): object {
  const { traceId, spanId, parentSpanId, name, kind, startMs, endMs, attributes, error, events, links } = span;
  return {
    traceId,
    spanId,
    parentSpanId,
    name,
    kind: KIND[kind],
    startTimeUnixNano: nanos(startMs),
    endTimeUnixNano: nanos(Math.max(startMs, endMs)),
    attributes: keyValues(attributes),
    events: events?.map((event) => ({
      timeUnixNano: nanos(event.atMs),
      name: event.name,
      attributes: keyValues(event.attributes),
    })),
    links: links?.map((link) => ({ ...link, attributes: [] })),
    status: error === undefined ? {} : { code: 2, message: error },
  };
}

/** As text: nanoseconds since 1970 are more than a number holds. */
function nanos(ms: number): string {
  return `${Math.round(ms)}000000`;
}

function keyValues(attributes: Attributes): object[] {
  return Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: anyValue(value) }],
  );
}

function anyValue(value: AttributeValue): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  }
  return { arrayValue: { values: value.map((item) => ({ stringValue: item })) } };
}
