import { withoutSecrets } from './secret.ts';

/** Longest provider message that we pass on. */
const MAX_MESSAGE = 2_000;
/** One that begins before the cut is found whole. */
const LONGEST_SECRET = 4_000;

/** Shapes of keys that providers like to quote back: OpenAI and Anthropic, Google, AWS, bearer tokens, JWTs. */
const KEYS =
  /\b(?:sk-[\w*-]{4,}|AIza[\w-]{8,}|ya29\.[\w-]{8,}|(?:AKIA|ASIA|ABSK)[A-Za-z0-9+/=]{8,}|eyJ[\w-]{8,}\.[\w.-]+)|Bearer\s+\S{8,}/g;

/** Whose account it is: OpenAI's organization, the number and the user in AWS's ARN. ARNs of models have no number. */
const ACCOUNTS = /\borg-[A-Za-z0-9]{16,}|\barn:aws[\w-]*:[\w-]*:[\w-]*:\d{12}:[\w+=,.@:/-]*[\w/]/g;

/** A provider's words without anything that looks like a credential, or says whose it is. */
export function scrub(message: string): string {
  const clean = withoutSecrets(message.slice(0, MAX_MESSAGE + LONGEST_SECRET));
  return clean.slice(0, MAX_MESSAGE).replace(KEYS, '[redacted]').replace(ACCOUNTS, '[redacted]');
}
