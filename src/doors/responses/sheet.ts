import type { Item, Json } from './stored.ts';

/** Where items are written down. */
export interface Sheet {
  /** Where the next item will stand, and its id. */
  place(prefix: string): Place;
  open(item: Item): void;
  close(index: number, item: Item): void;
  emit(type: string, data: Json): void;
}

export interface Place {
  item_id: string;
  output_index: number;
}

export type ItemStatus = 'completed' | 'incomplete';
