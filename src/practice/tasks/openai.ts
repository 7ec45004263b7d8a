/** OpenAI's endpoints beside conversation, as a practice provider has them. */
import { tokensOf } from '../ask.ts';
import { openaiWire } from '../openai/errors.ts';
import { Rejected } from '../rejected.ts';
import { type Desk, PICTURE, type TaskAsked, type TaskReply, vectorOf } from './desk.ts';

type Fields = Record<string, unknown>;

export const OPENAI_DESKS: readonly Desk[] = [
  { path: /^\/openai\/v1\/embeddings$/u, wire: openaiWire, read: embeddings },
  { path: /^\/openai\/v1\/moderations$/u, wire: openaiWire, read: moderations },
  { path: /^\/openai\/v1\/images\/(?:generations|edits)$/u, wire: openaiWire, read: images },
  { path: /^\/openai\/v1\/audio\/(?:transcriptions|translations)$/u, wire: openaiWire, read: heard },
  { path: /^\/openai\/v1\/audio\/speech$/u, wire: openaiWire, read: spoken },
];

function fieldsOf({ body, form }: TaskAsked): Fields {
  const fields = form ? Object.fromEntries(form.entries()) : body;
  if (typeof fields !== 'object' || fields === null) throw new Rejected(400, 'We could not parse the body');
  if (typeof (fields as Fields)['model'] !== 'string') {
    throw new Rejected(400, 'you must provide a model parameter', { param: 'model' });
  }
  return fields as Fields;
}

/** Models of another kind are refused as OpenAI refuses them. */
function needsModel({ model }: Fields, name: RegExp): void {
  if (!name.test(String(model)))
    throw new Rejected(404, `The model \`${String(model)}\` does not exist here`, { word: 'model_not_found' });
}

function embeddings(asked: TaskAsked): TaskReply {
  const fields = fieldsOf(asked);
  needsModel(fields, /embed/u);
  const { input, model } = fields;
  const isOne = typeof input === 'string' || (Array.isArray(input) && typeof input[0] === 'number');
  const inputs: unknown[] = isOne ? [input] : (input as unknown[]);
  const usual = String(model).includes('large') ? 3072 : 1536;
  const dimensions = Number(fields['dimensions'] ?? usual);
  const isBase64 = fields['encoding_format'] === 'base64';
  const data = inputs.map((each, index) => {
    const vector = vectorOf(JSON.stringify(each), dimensions);
    return { object: 'embedding', index, embedding: isBase64 ? base64Of(vector) : vector };
  });
  const tokens = inputs.reduce<number>(
    (sum, each) => sum + (Array.isArray(each) ? each.length : tokensOf(String(each).length)),
    0,
  );
  const usage = { prompt_tokens: tokens, total_tokens: tokens };
  return { said: JSON.stringify(input), body: JSON.stringify({ object: 'list', data, model, usage }) };
}

function base64Of(vector: readonly number[]): string {
  const bytes = new Uint8Array(Float32Array.from(vector).buffer);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

const CATEGORIES = ['harassment', 'hate', 'self-harm', 'sexual', 'violence'];

/** Whoever says "kill" is violent here. */
function moderations(asked: TaskAsked): TaskReply {
  const { input, model } = fieldsOf(asked);
  const said = JSON.stringify(input);
  const results = [input].flat().map((each) => {
    const isViolent = JSON.stringify(each).includes('kill');
    const of = <T>(yes: T, no: T) =>
      Object.fromEntries(CATEGORIES.map((name) => [name, name === 'violence' && isViolent ? yes : no]));
    return { flagged: isViolent, categories: of(true, false), category_scores: of(0.97, 0.01) };
  });
  return { said, body: JSON.stringify({ id: 'modr-practice', model, results }) };
}

const IMAGE_TOKENS = 1_056;

function images(asked: TaskAsked): TaskReply {
  const fields = fieldsOf(asked);
  needsModel(fields, /image|dall-e/u);
  const said = String(fields['prompt']);
  const input = tokensOf(said.length);
  const seen = asked.form ? 500 : 0;
  const count = Number(fields['n'] ?? 1);
  const usage = {
    input_tokens: input + seen,
    input_tokens_details: { text_tokens: input, image_tokens: seen },
    output_tokens: IMAGE_TOKENS * count,
    total_tokens: input + seen + IMAGE_TOKENS * count,
  };
  const created = Math.floor(asked.nowMs / 1000);
  if (fields['stream'] === true || fields['stream'] === 'true') {
    const kind = asked.form ? 'image_edit' : 'image_generation';
    const about = {
      b64_json: PICTURE,
      created_at: created,
      size: '1024x1024',
      quality: 'medium',
      output_format: 'png',
    };
    return {
      said,
      type: EVENTS,
      body:
        event({ type: `${kind}.partial_image`, ...about, partial_image_index: 0 }) +
        event({ type: `${kind}.completed`, ...about, usage }),
    };
  }
  const data = Array.from({ length: count }, () => ({ b64_json: PICTURE }));
  return { said, body: JSON.stringify({ created, data, output_format: 'png', usage }) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

const EVENTS = 'text/event-stream; charset=utf-8';

function event(data: { type: string } & Fields): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** A second for every thousand bytes. */
function heard(asked: TaskAsked): TaskReply {
  const fields = fieldsOf(asked);
  needsModel(fields, /transcribe|whisper/u);
  const { form } = asked;
  const file = form?.get('file');
  if (!(file instanceof Blob)) throw new Rejected(400, 'file is a required property', { param: 'file' });
  const said = textOf(fields['prompt']);
  const seconds = Math.max(1, Math.round(file.size / 1_000));
  const text = `I heard ${file.size} bytes.`;
  const counted = { type: 'tokens', input_tokens: seconds * 10, output_tokens: tokensOf(text.length) };
  const tokens = {
    ...counted,
    input_token_details: { text_tokens: 0, audio_tokens: counted.input_tokens },
    total_tokens: counted.input_tokens + counted.output_tokens,
  };
  const usage = String(fields['model']).includes('whisper') ? { type: 'duration', seconds } : tokens;
  if (fields['stream'] === 'true') {
    const deltas = text.split(/(?<= )/u).map((delta) => event({ type: 'transcript.text.delta', delta }));
    return { said, type: EVENTS, body: deltas.join('') + event({ type: 'transcript.text.done', text, usage }) };
  }
  if (fields['response_format'] === 'text') return { said, type: 'text/plain; charset=utf-8', body: `${text}\n` };
  return { said, body: JSON.stringify({ text, usage }) };
}

/** What it says is the text itself, in bytes that are no text. */
function spoken(asked: TaskAsked): TaskReply {
  const fields = fieldsOf(asked);
  needsModel(fields, /tts/u);
  const said = String(fields['input']);
  const sound = new Uint8Array(2_000).map((_, index) => (index * 7) % 256);
  if (fields['stream_format'] !== 'sse') return { said, type: 'audio/mpeg', body: sound };
  const usage = { input_tokens: tokensOf(said.length), output_tokens: 40, total_tokens: tokensOf(said.length) + 40 };
  const audio = btoa(String.fromCharCode(...sound.subarray(0, 90)));
  return {
    said,
    type: EVENTS,
    body: event({ type: 'speech.audio.delta', audio }) + event({ type: 'speech.audio.done', usage }),
  };
}
