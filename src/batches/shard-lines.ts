/** The lines of a shard, and where their results go. */
import { GatewayError } from '../core/errors.ts';
import type { Door, Entry } from '../doors/door.ts';
import type { Files } from './files.ts';
import { enter, type Line } from './lines.ts';
import { byteLength, partId, partIds, PartWriter, readPart } from './parts.ts';
import { fromKept, nameOf } from './planning.ts';
import { numberOf, type Result } from './results.ts';
import type { Batch, BatchPorts, Shard } from './terms.ts';

export type KeptLine = Pick<Line, 'number' | 'customId' | 'body'>;

export async function* linesOf(
  batch: Batch,
  shard: Shard,
  { store, clock }: BatchPorts,
): AsyncGenerator<KeptLine, void> {
  for (const id of partIds(nameOf(batch, shard, 'asked'), shard.parts.asked)) {
    const text = await readPart(store, batch.owner, id, clock.now());
    if (text === undefined) throw new GatewayError('internal', `The lines ${id} are gone`);
    for (const line of text.split('\n')) if (line !== '') yield fromKept(line);
  }
}

export function doorOf({ endpoint }: Batch, { doors }: BatchPorts): Door {
  const door = doors.get(endpoint);
  if (door) return door;
  throw new GatewayError('internal', `There is no door at ${endpoint}`);
}

/** It was read before, so it can be read. */
export function entryOf({ body }: KeptLine, door: Door, { limits }: BatchPorts): Entry {
  return enter(body, { door, limits });
}

/** Answers and refusals of a shard, apart. */
export class ResultWriter {
  readonly #shard: Shard;
  readonly #answered: Kept;
  readonly #refused: Kept;

  constructor(batch: Batch, shard: Shard, files: Files, before: Before = NOTHING) {
    const shelf = files.shelf(batch.owner, batch.createdAtMs, batch.outputExpiresAtMs);
    const kept = (what: 'answered' | 'refused'): Kept => {
      const { written, text, bytes, lines } = before[what];
      return { writer: new PartWriter(shelf, nameOf(batch, shard, what), { written, text, bytes }), lines };
    };
    this.#shard = shard;
    this.#answered = kept('answered');
    this.#refused = kept('refused');
  }

  async add({ isAnswer, text }: Result): Promise<void> {
    const kept = isAnswer ? this.#answered : this.#refused;
    kept.lines++;
    await kept.writer.add(text);
  }

  /** What has been added is kept, and the shard says so. */
  async flush(): Promise<void> {
    const [answered, refused] = [this.#answered, this.#refused];
    await answered.writer.flush();
    await refused.writer.flush();
    Object.assign(this.#shard.parts, { answered: answered.writer.parts, refused: refused.writer.parts });
    this.#shard.size = { answered: answered.writer.bytes, refused: refused.writer.bytes };
    this.#shard.completed = answered.lines;
    this.#shard.failed = refused.lines;
  }
}

interface Kept {
  writer: PartWriter;
  lines: number;
}

interface Written {
  written: number;
  text: string;
  bytes: number;
  lines: number;
}

type Before = Readonly<Record<'answered' | 'refused', Written>>;

const EMPTY: Written = { written: 0, text: '', bytes: 0, lines: 0 };
const NOTHING: Before = { answered: EMPTY, refused: EMPTY };

/** The results that are kept, whatever the shard says of them: it may have been interrupted before it could say so. */
export async function resultsBefore(
  batch: Batch,
  shard: Shard,
  ports: BatchPorts,
): Promise<{ before: Before; numbers: ReadonlySet<number> }> {
  const numbers = new Set<number>();
  const read = async (what: 'answered' | 'refused'): Promise<Written> => {
    const found = { ...EMPTY };
    for (let number = 0; ; number++) {
      const id = partId(nameOf(batch, shard, what), number);
      const text = await readPart(ports.store, batch.owner, id, ports.clock.now());
      if (text === undefined) return found;
      const lines = text.split('\n').filter((line) => line !== '');
      for (const line of lines) numbers.add(numberOf(line));
      Object.assign(found, { written: number, text, bytes: found.bytes + byteLength(text) });
      found.lines += lines.length;
    }
  };
  return { before: { answered: await read('answered'), refused: await read('refused') }, numbers };
}
