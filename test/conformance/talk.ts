import OpenAI from 'openai';
import { practiceFetch } from '../../src/practice/index.ts';
import { type Answer, readStream, readWhole } from './answer.ts';
import { type Column, startGateway } from './columns.ts';
import type { Asked } from './feature.ts';
import { houseServer } from './house-server.ts';

export interface Warned {
  param: string;
  action: 'dropped' | 'changed' | 'emulated';
}

interface TalkOptions {
  streamed: boolean;
  /** Of every request. */
  headers?: Record<string, string>;
  /** Answers in practice's place where it has something to say. */
  upstream?: ((request: Request) => Response | undefined) | undefined;
}

/** A client of the `openai` SDK, the router and its upstreams, all in this process, and what passed between them. */
export class Talk {
  readonly streamed: boolean;
  /** Requests to the provider. */
  readonly sent: { body: string; signal: AbortSignal }[] = [];
  /** What the headers of all answers said. */
  readonly warned: Warned[] = [];
  readonly #column: Column;
  readonly #client: OpenAI;

  constructor(column: Column, { streamed, headers = {}, upstream }: TalkOptions) {
    this.#column = column;
    this.streamed = streamed;
    const practice = houseServer(practiceFetch({ paceMs: 0 }));
    const app = startGateway(column, async (request) => {
      this.sent.push({ body: await request.clone().text(), signal: request.signal });
      return upstream?.(request) ?? practice(request);
    });
    this.#client = new OpenAI({
      baseURL: 'http://signalbox.invalid/v1',
      apiKey: 'none',
      maxRetries: 0,
      defaultHeaders: headers,
      fetch: (url, init) => overNetwork(Promise.resolve(app.fetch(new Request(url, init))), init?.signal),
    });
  }

  /** `seen` is told of the answer so far, after each chunk. */
  async ask(asked: Asked, seen?: (answer: Answer) => void, signal?: AbortSignal): Promise<Answer> {
    const { model, always } = this.#column;
    const body = { model, ...(always?.(asked) ?? asked) };
    const options = signal ? { signal } : {};
    if (this.streamed) {
      const request = { ...body, stream: true } as OpenAI.ChatCompletionCreateParamsStreaming; // May have fields of no type.
      const { data, response } = await this.#client.chat.completions.create(request, options).withResponse();
      this.#note(response);
      return readStream(data, seen);
    }
    const request = body as OpenAI.ChatCompletionCreateParamsNonStreaming;
    const { data, response } = await this.#client.chat.completions.create(request, options).withResponse();
    this.#note(response);
    return readWhole(data);
  }

  /** What is raised instead of an answer. */
  async fails(asked: Asked, seen?: (answer: Answer) => void): Promise<unknown> {
    return this.ask(asked, seen).then(
      () => new Error('nothing was raised'),
      (cause: unknown) => cause,
    );
  }

  get lastSent(): string {
    return this.sent.at(-1)?.body ?? '';
  }

  #note({ headers }: Response): void {
    this.warned.push(...warnedIn(headers));
  }
}

export function warnedIn(headers: Headers): Warned[] {
  return ['dropped', 'emulated'].flatMap((name) => {
    const items = (headers.get(`x-signalbox-${name}`) ?? '').matchAll(/([^\s;,"]+)(?:;(\w+)(?:="[^"]*")?)?(?:, |$)/g);
    return [...items].map(([, param = '', action = 'dropped']) => ({ param, action: action as Warned['action'] }));
  });
}

/**
 * As over a network: the request is left at once when its signal says so, and what the server has sent is on its way,
 * whether the client still reads or not.
 */
async function overNetwork(answer: Promise<Response>, signal: AbortSignal | null | undefined): Promise<Response> {
  const left = Promise.withResolvers<never>();
  signal?.addEventListener('abort', () => left.reject(new DOMException('Aborted', 'AbortError')), { once: true });
  left.promise.catch(() => {}); // An abort after the answer concerns nobody.
  return Promise.race([answer, left.promise]);
}
