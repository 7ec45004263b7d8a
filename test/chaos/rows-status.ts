/** What a provider's status means, with the machine code that goes with it. */
import type { Script } from './providers.ts';
import type { Row } from './row.ts';
import { answers, refuses } from './scripts.ts';

/** The caller's own fault: nobody else is asked. */
const caller = (fault: string, script: Script, sees: string): Row => ({
  fault,
  script,
  alone: `${sees} (1)`,
  helped: `${sees} (1+0)`,
});
const MINUTE = 'retry-after: 7\r\n';
const html = (status: number) => answers(status, '<html>Bad gateway</html>', 'content-type: text/html\r\n');

export const STATUSES: readonly Row[] = [
  caller('400', refuses(400, 'invalid_request_error'), '400 invalid_request'),
  { fault: '401', script: refuses(401, 'authentication_error'), alone: '502 upstream_auth_error (1)' },
  { fault: '402', script: refuses(402, 'billing_error'), alone: '429 insufficient_quota (1)' },
  { fault: '403', script: refuses(403, 'permission_error'), alone: '502 upstream_auth_error (1)' },
  { fault: '404', script: refuses(404, 'not_found_error'), alone: '404 model_not_found (1)' },
  { fault: '408', script: refuses(408, 'timeout_error'), alone: '504 upstream_timeout (3)' },
  caller('413', refuses(413, 'request_too_large'), '413 request_too_large'),
  {
    fault: '429 with a time',
    script: refuses(429, 'rate_limit_error', MINUTE),
    alone: '429 rate_limit_exceeded in 7 s (1)',
  },
  {
    fault: '429 without a time',
    script: refuses(429, 'rate_limit_error'),
    alone: '429 rate_limit_exceeded (3)',
    worker: { skip: 'its waits are random there' },
  },
  { fault: '500', script: refuses(500, 'api_error'), alone: '502 upstream_error (3)' },
  { fault: '502 in HTML', script: html(502), alone: '502 upstream_error (3)' },
  {
    fault: '503',
    script: refuses(503, 'service_unavailable_error'),
    alone: { openai: '503 upstream_overloaded (3)', anthropic: '502 upstream_error (3)' }, // Not Anthropic's word for it.
  },
  {
    fault: '503 with a time',
    script: refuses(503, 'overloaded_error', MINUTE),
    alone: '503 upstream_overloaded in 7 s (1)',
  },
  { fault: '529', script: refuses(529, 'overloaded_error'), alone: '503 upstream_overloaded (3)' },
  { fault: '599 in HTML', script: html(599), alone: '502 upstream_error (3)' },
];
