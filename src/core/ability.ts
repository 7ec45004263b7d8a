/** What models are for. All but conversation are tasks (`task.ts`). */
export const ABILITIES = [
  'chat',
  'embeddings',
  'moderations',
  'images',
  'image_edits',
  'transcriptions',
  'translations',
  'speech',
] as const;

export type Ability = (typeof ABILITIES)[number];
export type TaskKind = Exclude<Ability, 'chat'>;

export const ABILITY_WORDS: Record<Ability, string> = {
  chat: 'conversations',
  embeddings: 'embeddings',
  moderations: 'moderations',
  images: 'the making of images',
  image_edits: 'the editing of images',
  transcriptions: 'transcriptions',
  translations: 'translations of speech',
  speech: 'speech',
};

/** What numbers and traces call it; `chat` and `embeddings` are OpenTelemetry's words, for the others it has none. */
export const OPERATIONS = {
  chat: 'chat',
  embeddings: 'embeddings',
  moderations: 'moderations',
  images: 'images',
  image_edits: 'images',
  transcriptions: 'audio',
  translations: 'audio',
  speech: 'audio',
} as const satisfies Record<Ability, string>;

export type Operation = (typeof OPERATIONS)[Ability];
