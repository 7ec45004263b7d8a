import type { ChatRequest } from '../../src/core/chat.ts';
import type { Capabilities, EndpointSettings } from '../../src/core/deployment.ts';
import type { Call } from '../../src/core/provider.ts';
import { Secret } from '../../src/core/secret.ts';
import type { Original } from '../../src/core/wire.ts';

/** A model that can do everything; tests take away what they are about. */
export const ABLE: Capabilities = {
  contextTokens: 1_000_000,
  outputTokens: 64_000,
  input: ['image', 'pdf', 'audio', 'video'],
  tools: true,
  forcedToolChoice: true,
  strictTools: true,
  structuredOutput: true,
  structuredOutputWithTools: true,
  sampling: 'free',
  stop: true,
  lateSystem: false,
  prefill: false,
  reasoning: 'none',
  efforts: [],
  toolsNeedResponses: false,
  remoteMedia: true,
  apiVersion: undefined,
};

export interface CallOptions {
  dialect?: string;
  model?: string;
  capabilities?: Partial<Capabilities>;
  settings?: EndpointSettings;
  omitReasoning?: boolean;
}

/** As a client of OpenAI's chat has said it. */
export function chatOriginal(text: string): Original {
  return { wire: 'chat', text, passes: true };
}

/** One attempt at a made-up deployment. The request is also given as the client's own text. */
export function makeCall(request: Partial<ChatRequest>, options: CallOptions = {}): Call {
  const whole = { model: 'asked', messages: [{ role: 'user', content: 'Hi' }], ...request } as ChatRequest;
  let ids = 0;
  return {
    request: whole,
    original: chatOriginal(JSON.stringify(whole)),
    endpoint: {
      name: options.dialect ?? 'test',
      dialect: options.dialect ?? 'test',
      baseUrl: 'http://127.0.0.1:1',
      credential: { kind: 'key', secret: new Secret('sk-test-0123456789') },
      settings: options.settings ?? {},
      account: options.dialect ?? 'test',
    },
    providerModel: options.model ?? 'test-model',
    capabilities: { ...ABLE, ...options.capabilities },
    newId: () => `call_${String(++ids).padStart(24, '0')}`,
    omitReasoning: options.omitReasoning,
  };
}
