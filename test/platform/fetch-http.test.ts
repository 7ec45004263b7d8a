import { expect, it } from 'vitest';
import type { Call } from '../../src/http/port.ts';
import { fetchHttp } from '../../src/platform/fetch-http.ts';

it.each([true, false])('a client that left before the door asks for it is gone: %j', (hasLeft) => {
  const leaving = new AbortController();
  const raw = new Request('http://router.test/', { signal: leaving.signal });
  if (hasLeft) leaving.abort();
  expect(fetchHttp.client({ req: { raw } } as Call).gone).toBe(hasLeft);
});
