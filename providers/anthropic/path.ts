import type { Call } from '../../src/core/provider.ts';

/** Addresses are configured with or without the version. */
export function pathOf({ endpoint }: Pick<Call, 'endpoint'>, path: string): string {
  return endpoint.baseUrl.endsWith('/v1') ? path : `/v1${path}`;
}
