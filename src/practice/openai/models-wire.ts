import { Rejected } from '../rejected.ts';
import type { Wire } from '../wire.ts';
import { openaiWire } from './errors.ts';

const MODELS = ['gpt-6.2-astra', 'gpt-6.2-sol', 'gpt-6.1-sol', 'gpt-6.1-terra', 'gpt-6-luna', 'gpt-5.6-luna', 'gpt-4.1', 'gpt-4.1-mini'];
const CREATED_SECONDS = 1_767_225_600;

/** `GET /v1/models`: any OpenAI-like name may be asked for, these are listed. */
export const modelsWire: Wire = {
  ...openaiWire,
  hear: () => ({
    ask: {
      dialect: 'openai',
      model: '',
      system: '',
      said: '',
      attachments: 0,
      results: [],
      tools: [],
      toolMode: 'none',
      parallel: false,
      thinks: false,
      maxTokens: undefined,
      stop: [],
      prompt: { fresh: 0, cacheRead: 0, cacheWritten: 0 },
    },
    stream: false,
    whole: () => ({
      object: 'list',
      data: MODELS.map((id) => ({ id, object: 'model', created: CREATED_SECONDS, owned_by: 'signalbox-practice' })),
    }),
    frames: () => [],
  }),
  troubleFrame: () => {
    throw new Rejected(500, 'A list of models is never streamed');
  },
};
