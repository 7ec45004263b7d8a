/** Whatever a client sends: an answerable request, or a refusal that is the gateway's own. Never a crash. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { anthropic } from '../../../providers/anthropic/index.ts';
import { bedrock } from '../../../providers/bedrock/index.ts';
import { gemini } from '../../../providers/gemini/index.ts';
import { openai } from '../../../providers/openai/index.ts';
import { GatewayError } from '../../../src/core/errors.ts';
import { COMPLETIONS } from '../../../src/doors/completions/door.ts';
import type { Door } from '../../../src/doors/door.ts';
import { GEMINI, GEMINI_COUNT } from '../../../src/doors/gemini/door.ts';
import { makeCall } from '../../support/call.ts';

const WORDS =
  'contents role parts text thought thoughtSignature inlineData mimeType data fileData fileUri functionCall name args id functionResponse response output error executableCode code codeExecutionResult mediaResolution level videoMetadata systemInstruction tools functionDeclarations parameters parametersJsonSchema type properties items required nullable anyOf enum googleSearch codeExecution toolConfig functionCallingConfig mode allowedFunctionNames generationConfig temperature topK maxOutputTokens stopSequences candidateCount seed responseMimeType responseSchema responseJsonSchema responseModalities thinkingConfig thinkingBudget thinkingLevel labels cachedContent generateContentRequest prompt suffix echo n best_of logprobs stop model function_call __proto__ constructor toString'.split(
    ' ',
  );
const VALUES =
  'user model function Hi image/png audio/wav AAAA https://a.test/x gs://a/b ANY NONE OBJECT STRING object string application/json TEXT IMAGE HIGH weather signalboxV01e30= https'.split(
    ' ',
  );

const leaf = fc.oneof(
  fc.constantFrom<unknown>(...VALUES),
  fc.constantFrom<unknown>(...VALUES),
  fc.constantFrom<unknown>(0, 1, -1, 0.5, 1e9, true, false, null, '', '\ud800'),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...WORDS), tie('tree'), { maxKeys: 4 }),
  ),
}));

const image = {
  inlineData: { mimeType: 'image/png', data: 'AAAA' },
  mediaResolution: { level: 'MEDIA_RESOLUTION_LOW' },
};
const call = { functionCall: { name: 'weather', args: { city: 'Oslo' } }, thoughtSignature: 'S' };
const schema = { type: 'OBJECT', properties: { a: { type: 'STRING', nullable: true } }, required: ['a'] };
const BASES: object[] = [
  {
    contents: [
      { role: 'user', parts: [{ text: 'Hi' }, image] },
      { role: 'model', parts: [{ text: 'Hm', thought: true }, { text: 'So' }, call] },
      {
        role: 'user',
        parts: [{ functionResponse: { name: 'weather', response: { output: 'rain' }, parts: [image] } }],
      },
    ],
    systemInstruction: { parts: [{ text: 'Be brief' }] },
    tools: [{ functionDeclarations: [{ name: 'weather', parameters: schema }] }, { googleSearch: {} }],
    toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['weather'] } },
  },
  {
    contents: [
      { role: 'user', parts: [{ fileData: { fileUri: 'https://a.test/x.pdf', mimeType: 'application/pdf' } }] },
    ],
    generationConfig: {
      temperature: 1,
      topK: 3,
      stopSequences: ['x'],
      candidateCount: 1,
      responseMimeType: 'application/json',
      responseSchema: schema,
      thinkingConfig: { thinkingBudget: 100, includeThoughts: true },
    },
    labels: { a: 'b' },
    serviceTier: 'flex',
  },
  { model: 'm', prompt: ['Hi'], echo: false, logprobs: 1, n: 1, stop: ['x'], max_tokens: 3, suffix: '' },
];

/** A base with something else in a few of its places. */
const body = fc
  .tuple(fc.constantFrom(...BASES), fc.array(fc.tuple(fc.nat(), tree), { maxLength: 3 }))
  .map(([base, changes]) => changes.reduce<unknown>((whole, [place, value]) => changed(whole, place, value), base));

function changed(whole: unknown, place: number, value: unknown): unknown {
  const copy: unknown = JSON.parse(JSON.stringify(whole));
  const places: { holder: Record<string, unknown>; key: string }[] = [];
  JSON.stringify(copy, function (this: Record<string, unknown>, key, inner: unknown) {
    if (key !== '') places.push({ holder: this, key });
    return inner;
  });
  const chosen = places[place % places.length];
  if (chosen) chosen.holder[chosen.key] = value;
  return copy;
}

const asked = {
  limits: { maxBodyBytes: 1e6, maxMessages: 100, maxDepth: 30 },
  header: () => undefined,
  param: () => 'm:generateContent',
};
const DOORS: Door[] = [GEMINI, GEMINI_COUNT, COMPLETIONS];
const PROVIDERS = [gemini, anthropic, openai, bedrock];

it('reads anything, or refuses it', { timeout: 120_000 }, () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.constantFrom(...DOORS), body, (door, given) => {
      const entry = orRefused(() => door.read(JSON.stringify(given), asked));
      if (!entry) return;
      taken++;
      for (const provider of PROVIDERS) {
        const call = makeCall({}, { dialect: provider.name, settings: { region: 'r' } });
        const { request, original } = entry;
        const said = orRefused(() =>
          provider.translate({ ...call, request, original: original.passes ? original : undefined }),
        );
        if (said) JSON.parse(said.body);
      }
    }),
    { numRuns: 1_500, seed: 20_261_122 },
  );
  expect(taken).toBeGreaterThan(150);
});

/** Undefined where it was refused as the client's own mistake, or as nothing that this dialect can say. */
function orRefused<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (cause) {
    if (cause instanceof GatewayError && ['invalid_request', 'unsupported'].includes(cause.kind)) return undefined;
    throw cause;
  }
}
