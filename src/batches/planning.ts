/** Reads a batch's file, judges every line, and puts those that go the same way together. Nothing is sent yet. */
import type { Caller } from '../core/caller.ts';
import { asGatewayError } from '../core/errors.ts';
import type { Files } from './files.ts';
import { type Line, LineReader } from './lines.ts';
import { PartWriter } from './parts.ts';
import { type Place, placeOf, shardFor } from './place.ts';
import type { Batch, BatchPorts, LineError, Shard } from './terms.ts';

/** Shards that are being filled: each holds a part of a file in memory. */
const MAX_FILLING = 32;
/** Of a shard that we run ourselves: its results are one part, which is written again and again. */
const OWN_LINES = 200;
/** So many lines, and whoever else waits may go. */
const TURN_LINES = 50;

interface Filling {
  shard: Shard;
  writer: PartWriter;
}

/** What is wrong with the file; nothing, and the batch has its shards. */
export async function plan(batch: Batch, caller: Caller, ports: BatchPorts, files: Files): Promise<LineError[]> {
  const { doors, limits, rules, timers } = ports;
  const door = doors.get(batch.endpoint);
  if (!door) return [wrongFile(`There is no ${batch.endpoint} for batches here`, 'endpoint')];
  batch.shards = []; // It may have been begun before a restart.
  const reader = new LineReader({ endpoint: batch.endpoint, door, limits, maxLines: rules.maxLines });
  const sorter = new Sorter(batch, caller, ports, files);
  const { pieces } = await files.content(batch.owner, batch.inputFileId);
  for await (const piece of pieces()) {
    for (const line of reader.read(piece)) {
      if (line.number % TURN_LINES === 0) await new Promise<void>((resolve) => void timers.after(0, resolve));
      await sorter.sort(line, reader);
    }
    if (reader.isHopeless) break;
  }
  reader.end();
  await sorter.end();
  batch.lines = reader.count;
  return reader.errors;
}

export function wrongFile(message: string, param: string | null, code = 'invalid_request'): LineError {
  return { code, line: null, message, param };
}

/** Which part holds a line is nobody's business but the shard's: its lines are in its parts, in order. */
export function asKept({ number, customId, body }: Pick<Line, 'number' | 'customId' | 'body'>): string {
  return `${number}\t${JSON.stringify(customId)}\t${body}\n`;
}

/** JSON has no bare tab. */
export function fromKept(text: string): Pick<Line, 'number' | 'customId' | 'body'> {
  const [number = '', customId = '""', body = ''] = text.split('\t', 3);
  return { number: Number(number), customId: JSON.parse(customId) as string, body };
}

export function nameOf(batch: Pick<Batch, 'id'>, shard: Shard, what: keyof Shard['parts']): string {
  return `${batch.id}.${shard.number}.${what}`;
}

class Sorter {
  readonly #batch: Batch;
  readonly #caller: Caller;
  readonly #ports: BatchPorts;
  readonly #files: Files;
  readonly #filling = new Map<string, Filling>();

  constructor(batch: Batch, caller: Caller, ports: BatchPorts, files: Files) {
    this.#batch = batch;
    this.#caller = caller;
    this.#ports = ports;
    this.#files = files;
  }

  async sort(line: Line, reader: LineReader): Promise<void> {
    const { gateway, rules } = this.#ports;
    let place: Place;
    try {
      const { strict } = this.#batch;
      place = placeOf(line.entry, { gateway, caller: this.#caller, strict, rules });
    } catch (cause) {
      return reader.refuse(line, asGatewayError(cause));
    }
    if (reader.errors.length === 0) await this.#add(line, place);
  }

  async end(): Promise<void> {
    for (const { shard, writer } of this.#filling.values()) await close(shard, writer);
  }

  async #add(line: Line, place: Place): Promise<void> {
    const key = [place.deployment, place.model, place.asked, place.path, place.way].join('\n');
    const { shard, writer } = this.#filling.get(key) ?? (await this.#open(key, place));
    const kept = asKept(line);
    await writer.add(kept);
    shard.lines++;
    shard.bytes += kept.length;
    shard.estimate = sum(shard.estimate, place.estimate);
    if (!this.#isFull(shard)) return;
    this.#filling.delete(key);
    await close(shard, writer);
  }

  #isFull({ way, lines, bytes }: Shard): boolean {
    const { shardLines, shardCharacters } = this.#ports.rules;
    return lines >= (way === 'upstream' ? shardLines : OWN_LINES) || bytes >= shardCharacters;
  }

  async #open(key: string, place: Place): Promise<Filling> {
    const [oldest] = this.#filling;
    if (oldest && this.#filling.size >= MAX_FILLING) {
      this.#filling.delete(oldest[0]);
      await close(oldest[1].shard, oldest[1].writer);
    }
    const batch = this.#batch;
    const shard = shardFor(batch, place, this.#ports.clock.now());
    const shelf = this.#files.shelf(batch.owner, batch.createdAtMs, batch.expiresAtMs);
    const filling = { shard, writer: new PartWriter(shelf, nameOf(batch, shard, 'asked')) };
    batch.shards.push(shard);
    this.#filling.set(key, filling);
    return filling;
  }
}

async function close(shard: Shard, writer: PartWriter): Promise<void> {
  await writer.flush();
  shard.parts.asked = writer.parts;
}

type Guess = Shard['estimate'];

/** Where the price of one is unknown, that of all is. */
function sum(one: Guess, other: Guess): Guess {
  const isKnown = one.costUsd !== undefined && other.costUsd !== undefined;
  return {
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    costUsd: isKnown ? (one.costUsd ?? 0) + (other.costUsd ?? 0) : undefined,
  };
}
