/** Longest provider message that we pass on. */
const MAX_MESSAGE = 2_000;

/** Shapes of keys that providers like to quote back: OpenAI and Anthropic, Google, AWS, bearer tokens, JWTs. */
const KEYS =
  /\b(?:sk-[\w*-]{4,}|AIza[\w-]{8,}|ya29\.[\w-]{8,}|(?:AKIA|ASIA|ABSK)[A-Za-z0-9+/=]{8,}|eyJ[\w-]{8,}\.[\w.-]+)|Bearer\s+\S{8,}/g;

/** A provider's words without anything that looks like a credential. */
export function scrub(message: string): string {
  return message.slice(0, MAX_MESSAGE).replace(KEYS, '[redacted]');
}
