import { practiceFetch } from '../../../src/practice/index.ts';
import { type Column, startGateway } from '../columns.ts';
import { houseServer } from '../house-server.ts';
import { type Warned, warnedIn } from '../talk.ts';
import type { DoorClient, Told } from './feature.ts';

interface VisitOptions {
  client: DoorClient;
  column: Column;
  streamed: boolean;
  headers?: Record<string, string>;
  upstream?: ((request: Request) => Response | undefined) | undefined;
}

/** A client of a door's own SDK, the router and its upstreams, all in this process, and what passed between them. */
export class Visit {
  readonly client: DoorClient;
  readonly streamed: boolean;
  /** Bodies from the client and to the provider, oldest first. */
  readonly asked: string[] = [];
  readonly sent: string[] = [];
  readonly warned: Warned[] = [];
  readonly ask: (body: object) => Promise<Told>;

  constructor({ client, column, streamed, headers = {}, upstream }: VisitOptions) {
    this.client = client;
    this.streamed = streamed;
    const practice = houseServer(practiceFetch({ paceMs: 0 }));
    const app = startGateway(column, async (request) => {
      this.sent.push(await request.clone().text());
      return upstream?.(request) ?? practice(request);
    });
    const route = async (url: string | URL | Request, init?: RequestInit) => {
      const request = new Request(url, init);
      this.asked.push(await request.clone().text());
      const answer = await app.fetch(request);
      this.warned.push(...warnedIn(answer.headers));
      return answer;
    };
    this.ask = client.connect({ model: column.model, streamed, fetch: route, headers });
  }

  /** Every request went on in the client's own words. */
  get passed(): boolean {
    const asked = new Set(this.asked.map(ownWords));
    return this.sent.length > 0 && this.sent.every((body) => asked.has(ownWords(body)));
  }

  get lastSent(): string {
    return this.sent.at(-1) ?? '';
  }

  async fails(body: object): Promise<unknown> {
    return this.ask(body).then(
      () => new Error('nothing was raised'),
      (cause: unknown) => cause,
    );
  }
}

/** Only the router knows under which name the provider has it; and it keeps OpenAI's responses itself, thoughts included. */
function ownWords(text: string): string {
  const { model: _, store: __, include: ___, ...rest } = JSON.parse(text) as Record<string, unknown>;
  return JSON.stringify(rest);
}
