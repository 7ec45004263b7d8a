/** AWS's own credential chain, loaded only when a Bedrock entry has no keys: profile, SSO, role, container, instance. */
import { GatewayError } from '../core/errors.ts';
import type { AwsKeys } from '../core/deployment.ts';

/** Keys are renewed so long before they expire. */
const EARLY_MS = 5 * 60_000;
/** Keys without an expiry are looked up again after this. */
const RECHECK_MS = 60 * 60_000;

export function awsChain(region: string | undefined, now: () => number): () => Promise<AwsKeys> {
  let known: { keys: AwsKeys; untilMs: number } | undefined;
  return async () => {
    if (known && now() < known.untilMs) return known.keys;
    try {
      const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
      const keys = await defaultProvider(region ? { clientConfig: { region } } : {})();
      known = { keys, untilMs: keys.expiration ? keys.expiration.getTime() - EARLY_MS : now() + RECHECK_MS };
      return keys;
    } catch (cause) {
      throw new GatewayError('credential', 'AWS gave no credentials (profile, role or keys)', { cause });
    }
  };
}
