/** The form of the playground, and the request that is made of it. */
export interface Turn {
  role: 'user' | 'assistant';
  content: string;
}

export interface Draft {
  model: string;
  /** Another one to compare it with; empty: none. */
  other: string;
  priority: string;
  isStreamed: boolean;
  maxTokens: string;
  system: string;
  /** What was said before. */
  turns: readonly Turn[];
  user: string;
  /** JSON texts; empty: none. */
  tools: string;
  schema: string;
  /** `data:` address of a picture; empty: none. */
  image: string;
}

export const FIRST_DRAFT: Draft = {
  model: 'auto',
  other: '',
  priority: '',
  isStreamed: true,
  maxTokens: '',
  system: '',
  turns: [],
  user: 'Which is longer: the Danube or the Volga? One sentence.',
  tools: '',
  schema: '',
  image: '',
};

/** Throws an `Error` that names the field whose JSON is none. */
export function bodyOf(draft: Draft, model: string): Record<string, unknown> {
  const { system, turns, user, image, isStreamed, maxTokens, tools, schema } = draft;
  const content = image
    ? [
        { type: 'text', text: user },
        { type: 'image_url', image_url: { url: image } },
      ]
    : user;
  return {
    model,
    messages: [...(system ? [{ role: 'system', content: system }] : []), ...turns, { role: 'user', content }],
    ...(isStreamed && { stream: true, stream_options: { include_usage: true } }),
    ...(maxTokens && { max_completion_tokens: Number(maxTokens) }),
    ...(tools.trim() && { tools: jsonIn('Tools', tools) }),
    ...(schema.trim() && {
      response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: jsonIn('Schema', schema) } },
    }),
  };
}

export function headersOf({ priority }: Pick<Draft, 'priority'>): Record<string, string> {
  return priority ? { 'x-signalbox-priority': priority } : {};
}

function jsonIn(field: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${field}: this is no JSON (${cause instanceof Error ? cause.message : String(cause)})`, { cause });
  }
}

/** Where clients reach the router: on Node an address of its own, on Workers this one. */
export function addressOf(configuration: unknown, page: Pick<Location, 'origin' | 'port'>): string {
  const { server, admin } = (configuration ?? {}) as {
    server?: { host?: string; port?: number };
    admin?: { port?: number };
  };
  const isOwn = admin?.port !== undefined && String(admin.port) === page.port && server?.port !== undefined;
  if (!isOwn || !server) return `${page.origin}/v1`;
  const { host = '127.0.0.1', port } = server;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}/v1`;
}
