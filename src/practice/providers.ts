import type { ProviderEntry } from '../config/schema.ts';
import { PRACTICE_AWS, PRACTICE_KEY } from './credentials.ts';

/** `providers:` for a configuration whose every provider is a practice one, served at `url`. */
export function practiceProviders(url: string): Record<string, ProviderEntry> {
  const { accessKeyId, secretAccessKey, region } = PRACTICE_AWS;
  return {
    anthropic: { baseUrl: `${url}/anthropic`, apiKey: PRACTICE_KEY },
    openai: { baseUrl: `${url}/openai/v1`, apiKey: PRACTICE_KEY },
    gemini: { baseUrl: `${url}/gemini`, apiKey: PRACTICE_KEY },
    bedrock: { baseUrl: `${url}/bedrock`, accessKeyId, secretAccessKey, region },
  };
}
