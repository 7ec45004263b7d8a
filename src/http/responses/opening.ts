/** What a request goes on from, found in the store. */
import { GatewayError } from '../../core/errors.ts';
import { type Item, type Kept, type Opening, unknownResponse, type Wish } from '../../doors/responses/stored.ts';
import { type Archive, find, responseOf } from './archive.ts';
import { isRunning } from './head.ts';

interface Asked {
  owner: string;
  /** Characters of everything that is read for one request: as many as it could have sent itself. */
  maxBytes: number;
}

type Found = Pick<Opening, 'previous' | 'items'>;

export async function findOpening(archive: Archive, { previousId, references }: Wish, asked: Asked): Promise<Found> {
  const reader = new Reader(archive, asked);
  const previous = previousId === undefined ? undefined : await reader.previous(previousId);
  const items = new Map<string, Item>();
  for (const id of references) {
    const item = await reader.item(id);
    if (item) items.set(id, item);
  }
  return { previous, items };
}

/** Reads each response once. */
class Reader {
  readonly #archive: Archive;
  readonly #asked: Asked;
  readonly #known = new Map<string, Kept | undefined>();
  #bytes = 0;

  constructor(archive: Archive, asked: Asked) {
    this.#archive = archive;
    this.#asked = asked;
  }

  async previous(id: string): Promise<Kept> {
    const kept = await this.#read(id);
    if (!kept) throw unknownResponse(id);
    const { status } = kept.response;
    if (!isRunning(status)) return kept;
    const message = `Response '${id}' is still ${status}; wait until it is completed`;
    throw new GatewayError('invalid_request', message, { param: 'previous_response_id' });
  }

  async item(id: string): Promise<Item | undefined> {
    const responseId = await responseOf(this.#archive, this.#asked.owner, id);
    const kept = responseId === undefined ? undefined : await this.#read(responseId);
    return kept && [...kept.response.output, ...kept.input].find((item) => item.id === id);
  }

  async #read(id: string): Promise<Kept | undefined> {
    if (this.#known.has(id)) return this.#known.get(id);
    const filed = await find(this.#archive, this.#asked.owner, id);
    this.#known.set(id, filed?.kept);
    this.#bytes += filed?.bytes ?? 0;
    if (this.#bytes <= this.#asked.maxBytes) return filed?.kept;
    const most = this.#asked.maxBytes;
    throw new GatewayError('request_too_large', `The responses that this goes on from are larger than ${most} bytes`);
  }
}
