import { GatewayError } from '../core/errors.ts';

const HEADER = 'x-signalbox-strict';

/** Whether nothing may be dropped or changed. Throws `invalid_request`: who says `yes` would be dropped from in silence. */
export function strictOf(header: (name: string) => string | undefined): boolean {
  const asked = header(HEADER)?.toLowerCase() ?? 'false';
  if (asked === 'true' || asked === 'false') return asked === 'true';
  throw new GatewayError('invalid_request', `${HEADER}: must be true or false`, { param: HEADER });
}
