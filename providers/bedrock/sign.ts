import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsKeys, Endpoint, EndpointSettings } from '../../src/core/deployment.ts';
import type { OutgoingRequest } from '../../src/core/provider.ts';

const DEFAULT_REGION = 'us-east-1';
/** Runtimes and proxies rewrite this one on the way. */
const UNSIGNED = new Set(['accept-encoding']);
/** From here on the runtime's own SHA-256 is faster than JavaScript, thread switch included. */
const NATIVE_HASH_LENGTH = 8192;

export function baseUrl(settings: EndpointSettings): string {
  const region = settings.region ?? DEFAULT_REGION;
  return `https://bedrock-runtime.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}

/** A Bedrock API key is a bearer token; AWS keys sign. */
export async function authorize(request: OutgoingRequest, endpoint: Endpoint, nowMs: number): Promise<OutgoingRequest> {
  const { credential } = endpoint;
  switch (credential.kind) {
    case 'none':
      return request;
    case 'key':
      return withBearer(request, credential.secret.reveal());
    case 'token':
      return withBearer(request, (await credential.resolve()).reveal());
    case 'aws':
      return sign(request, await credential.resolve(), { region: regionOf(endpoint, request.url), nowMs });
  }
}

function withBearer(request: OutgoingRequest, token: string): OutgoingRequest {
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } };
}

/** `bedrock-runtime.eu-west-1.amazonaws.com`, also `bedrock-runtime-fips.…` and a VPC endpoint's `….vpce.…`. */
function regionOf(endpoint: Endpoint, url: string): string {
  return endpoint.settings.region ?? /bedrock-runtime(?:-fips)?\.([a-z0-9-]+)\./.exec(url)?.[1] ?? DEFAULT_REGION;
}

/** The signer derives its key once a day and region, and keeps it. */
async function sign(
  request: OutgoingRequest,
  credentials: AwsKeys,
  { region, nowMs }: { region: string; nowMs: number },
): Promise<OutgoingRequest> {
  const { host, hostname, protocol, pathname } = new URL(request.url);
  const headers = { ...request.headers, host, ...(await payloadHash(request)) };
  const signer = new SignatureV4({ service: 'bedrock', region, sha256: Sha256, credentials: toIdentity(credentials) });
  const signed = await signer.sign(
    { method: 'POST', protocol, hostname, path: pathname, query: {}, headers, body: request.body },
    { signingDate: new Date(nowMs), unsignableHeaders: UNSIGNED },
  );
  const { host: _, ...sent } = signed.headers; // The transport writes it, from the same URL.
  return { ...request, headers: sent };
}

function toIdentity({ accessKeyId, secretAccessKey, sessionToken }: AwsKeys) {
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
}

/** The signer hashes in JavaScript unless the hash is there already; images are megabytes. */
async function payloadHash({ body, bytes }: OutgoingRequest): Promise<{ 'x-amz-content-sha256'?: string }> {
  if (!bytes && body.length < NATIVE_HASH_LENGTH) return {};
  const whole = await new Blob(bytes ? [...bytes] : [body]).arrayBuffer();
  const digest = await crypto.subtle.digest('SHA-256', whole);
  return { 'x-amz-content-sha256': toHex(new Uint8Array(digest)) };
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
