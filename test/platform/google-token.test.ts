import { exportPKCS8, generateKeyPair, jwtVerify } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/core/errors.ts';
import { googleToken } from '../../src/platform/google-token.ts';

const TOKEN_URI = 'https://oauth2.googleapis.test/token';
const START = Date.UTC(2026, 10, 22);

let keys: Awaited<ReturnType<typeof generateKeyPair>>;
let privateKey: string;
let account: string;

beforeAll(async () => {
  keys = await generateKeyPair('RS256', { extractable: true });
  privateKey = await exportPKCS8(keys.privateKey);
  account = JSON.stringify({
    type: 'service_account',
    client_email: 'robot@project.test',
    private_key: privateKey,
    private_key_id: 'kid-1',
    token_uri: TOKEN_URI,
  });
});

interface Asked {
  url: string;
  form: URLSearchParams;
}

/** A token endpoint that numbers its tokens, and a clock to move. */
function createGoogle(answer?: () => Response | Promise<Response>) {
  const asked: Asked[] = [];
  const clock = { now: START };
  const fetch = async (url: string | URL | Request, init?: RequestInit) => {
    asked.push({ url: url instanceof Request ? url.url : url.toString(), form: init?.body as URLSearchParams });
    return answer?.() ?? Response.json({ access_token: `token-${asked.length}`, expires_in: 3600 });
  };
  return { asked, clock, options: { now: () => clock.now, fetch } };
}

describe('a Google token', () => {
  it('is exchanged for a signed assertion', async () => {
    const { asked, options } = createGoogle();
    expect((await googleToken(account, options)()).reveal()).toBe('token-1');
    const [{ url, form }] = asked as [Asked];
    expect(url).toBe(TOKEN_URI);
    expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    const { payload, protectedHeader } = await jwtVerify(form.get('assertion') ?? '', keys.publicKey, {
      currentDate: new Date(START),
    });
    expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'kid-1' });
    expect(payload).toEqual({
      iss: 'robot@project.test',
      aud: TOKEN_URI,
      scope: 'https://www.googleapis.com/auth/cloud-platform',
      iat: START / 1000,
      exp: START / 1000 + 3600,
    });
  });

  it('is kept until a minute before its end', async () => {
    const { clock, options } = createGoogle();
    const token = googleToken(account, options);
    const at = async (seconds: number) => {
      clock.now = START + seconds * 1000;
      return (await token()).reveal();
    };
    expect(await at(0)).toBe('token-1');
    expect(await at(3539)).toBe('token-1');
    expect(await at(3540)).toBe('token-2');
  });

  it.each([
    { shared: true, requests: 1 },
    { shared: false, requests: 3 },
  ])('asks $requests times for three callers at once with shared: $shared', async ({ shared, requests }) => {
    const { asked, options } = createGoogle();
    const token = googleToken(account, { ...options, shared });
    await Promise.all([token(), token(), token()]);
    expect(asked).toHaveLength(requests);
  });

  it('is asked for again after a failure', async () => {
    let fails = true;
    const { options } = createGoogle(() =>
      fails ? Response.json({}, { status: 503 }) : Response.json({ access_token: 'late' }),
    );
    const token = googleToken(account, { ...options, shared: true });
    await expect(token()).rejects.toThrow('503');
    fails = false;
    expect((await token()).reveal()).toBe('late');
  });
});

describe('a Google token that cannot be had', () => {
  const broken = () => ({ ...(JSON.parse(account) as object) });
  it.each([
    { name: 'no JSON', json: () => privateKey },
    { name: 'no key', json: () => JSON.stringify({ ...broken(), private_key: undefined }) },
    { name: 'a cut key', json: () => JSON.stringify({ ...broken(), private_key: privateKey.slice(0, 200) }) },
    { name: 'null', json: () => 'null' },
    {
      name: 'refused',
      answer: () => Response.json({ error: 'invalid_grant' }, { status: 400 }),
      says: /invalid_grant/,
    },
    { name: 'no token', answer: () => Response.json({}) },
    { name: 'a page', answer: () => new Response('<html>') },
    { name: 'an echo', answer: () => Response.json({ error: privateKey }, { status: 400 }), says: /no reason/ },
    { name: 'no network', answer: () => Promise.reject(new TypeError('fetch failed')), says: /reached/ },
  ])(
    'is a credential error without the key in it: $name',
    async ({ json = () => account, answer, says = /Google/ }) => {
      const { options } = createGoogle(answer);
      const error: unknown = await googleToken(json(), options)().catch((cause: unknown) => cause);
      expect(error).toBeInstanceOf(GatewayError);
      expect(error).toMatchObject({ kind: 'credential' });
      const { message, cause } = error as GatewayError;
      expect(message).toMatch(says);
      const secret = privateKey.split('\n')[1] ?? '';
      expect(`${message} ${String(cause)}`).not.toContain(secret.slice(0, 12));
    },
  );
});
