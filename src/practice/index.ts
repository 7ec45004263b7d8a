/** The practice providers: their `fetch`, and the configuration that leads to them. */
import type { ProviderEntry } from '../config/schema.ts';
import { PRACTICE_AWS, PRACTICE_KEY } from './credentials.ts';

export { practiceFetch } from './app.ts';
export { PRACTICE_AWS, PRACTICE_KEY };

/** Entries under `providers:` for a `practiceFetch` at this address (without a slash at the end). */
export function practiceProviders(baseUrl: string): Record<string, ProviderEntry> {
  return {
    anthropic: { baseUrl: `${baseUrl}/anthropic`, apiKey: PRACTICE_KEY },
    openai: { baseUrl: `${baseUrl}/openai/v1`, apiKey: PRACTICE_KEY },
    gemini: { baseUrl: `${baseUrl}/gemini`, apiKey: PRACTICE_KEY },
    bedrock: { baseUrl: `${baseUrl}/bedrock`, ...PRACTICE_AWS },
  };
}
