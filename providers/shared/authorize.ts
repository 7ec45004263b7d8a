import type { Endpoint } from '../../src/core/deployment.ts';
import type { OutgoingRequest } from '../../src/core/provider.ts';

/** Puts the endpoint's credential into the dialect's usual header, or the one that the configuration names. */
export function authorizeByHeader(
  request: OutgoingRequest,
  { credential, settings }: Endpoint,
  usual: string,
): OutgoingRequest | Promise<OutgoingRequest> {
  switch (credential.kind) {
    case 'key': {
      const header = settings.keyHeader?.toLowerCase() ?? usual;
      const key = credential.secret.reveal();
      return withHeader(request, header, header === 'authorization' ? `Bearer ${key}` : key);
    }
    case 'token':
      return credential.resolve().then((token) => withHeader(request, 'authorization', `Bearer ${token.reveal()}`));
    case 'none':
    case 'aws': // Signed requests are Bedrock's.
      return request;
  }
}

function withHeader(request: OutgoingRequest, name: string, value: string): OutgoingRequest {
  const headers = { ...request.headers };
  headers[name] = value; // In the literal above it would take three times as long.
  return { ...request, headers };
}
