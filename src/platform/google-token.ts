/**
 * OAuth tokens for Vertex from a service account's key: a JWT signed here, exchanged at Google's token endpoint.
 */
import { GatewayError } from '../core/errors.ts';
import { Secret } from '../core/secret.ts';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const LIFE_SECONDS = 3600;

/** A request that begins with a token must not outlive it at the port. */
const EARLY_MS = 60_000;

export interface GoogleTokenOptions {
  /** Milliseconds since 1970. */
  now: () => number;
  fetch?: typeof globalThis.fetch;
  /**
   * Whether callers wait for one refresh together. Only on Node: a Worker must not wait for what another request
   * began, so there each caller refreshes a stale token itself.
   */
  shared?: boolean;
}

interface ServiceAccount {
  client_email: string;
  private_key: string;
  token_uri: string;
  private_key_id?: string;
}

interface Token {
  secret: Secret;
  staleAt: number;
}

/** Gives the current token, fetching it when there is none or it is about to expire. Nothing is checked before. */
export function googleToken(serviceAccountJson: string, options: GoogleTokenOptions): () => Promise<Secret> {
  const { now, fetch = globalThis.fetch, shared = false } = options;
  let token: Token | undefined;
  let refresh: Promise<Token> | undefined;

  async function renew(): Promise<Token> {
    token = await fetchToken(parseServiceAccount(serviceAccountJson), now(), fetch);
    return token;
  }

  return async () => {
    if (token && now() < token.staleAt) return token.secret;
    if (!shared) return (await renew()).secret;
    refresh ??= renew().finally(() => (refresh = undefined));
    return (await refresh).secret;
  };
}

async function fetchToken(account: ServiceAccount, nowMs: number, fetch: typeof globalThis.fetch): Promise<Token> {
  const form = new URLSearchParams({ grant_type: GRANT, assertion: await signAssertion(account, nowMs) });
  const { status, body } = await post(fetch, account.token_uri, form);
  const { access_token: accessToken, expires_in: seconds, error } = body;
  if (status !== 200 || typeof accessToken !== 'string' || accessToken === '') {
    const word = typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? error : 'no reason';
    throw refused(`Google's token endpoint answered ${status} (${word})`);
  }
  const lifeMs = (typeof seconds === 'number' ? seconds : LIFE_SECONDS) * 1000;
  return { secret: new Secret(accessToken), staleAt: nowMs + lifeMs - EARLY_MS };
}

/** Its library is loaded only here, for few sign in so, and by its parts: imported as one, all of it is in the bundle. */
async function signAssertion(account: ServiceAccount, nowMs: number): Promise<string> {
  const [{ SignJWT }, { importPKCS8 }] = await Promise.all([import('jose/jwt/sign'), import('jose/key/import')]);
  const issuedAt = Math.floor(nowMs / 1000);
  try {
    const key = await importPKCS8(account.private_key, 'RS256');
    return await new SignJWT({ scope: SCOPE })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(account.private_key_id && { kid: account.private_key_id }) })
      .setIssuer(account.client_email)
      .setAudience(account.token_uri)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + LIFE_SECONDS)
      .sign(key);
  } catch {
    // The cause may quote the key.
    throw refused('The private key of the Google service account cannot be read');
  }
}

async function post(fetch: typeof globalThis.fetch, url: string, form: URLSearchParams) {
  try {
    const response = await fetch(url, { method: 'POST', body: form, redirect: 'manual' });
    return { status: response.status, body: asRecord(await response.json().catch(() => undefined)) };
  } catch (cause) {
    throw new GatewayError('credential', "Google's token endpoint cannot be reached", { cause });
  }
}

/** Never the parser's own message: it quotes what it could not read. */
function parseServiceAccount(json: string): ServiceAccount {
  const { client_email, private_key, token_uri, private_key_id } = asRecord(parseJson(json));
  if (typeof client_email === 'string' && typeof private_key === 'string' && typeof token_uri === 'string') {
    return { client_email, private_key, token_uri, ...(typeof private_key_id === 'string' && { private_key_id }) };
  }
  throw refused('The Google service account must be JSON with client_email, private_key and token_uri');
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined; // The caller says what is wrong.
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function refused(message: string): GatewayError {
  return new GatewayError('credential', message);
}
