import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { PRACTICE_AWS } from '../credentials.ts';
import { Rejected } from '../rejected.ts';
import { hexDigest } from '../seal.ts';
import type { Asked } from '../wire.ts';

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/u;
const LARGEST_SKEW_MS = 300_000;

/** Signs the request once more with the practice secret: only the same bytes and the same secret give the same signature. */
export async function checkSignature(asked: Asked): Promise<void> {
  const header = asked.headers.get('authorization');
  if (!header) throw denied('MissingAuthenticationTokenException', 'Missing Authentication Token');
  const match = AUTHORIZATION.exec(header);
  if (!match)
    throw denied('IncompleteSignatureException', 'Authorization header is not a complete AWS4-HMAC-SHA256 signature.');
  const [, accessKeyId, day = '', region, service, names = '', signature] = match;
  if (accessKeyId !== PRACTICE_AWS.accessKeyId) {
    throw denied('UnrecognizedClientException', 'The security token included in the request is invalid.');
  }
  if (region !== PRACTICE_AWS.region || service !== 'bedrock') {
    throw denied(
      'InvalidSignatureException',
      `Credential should be scoped to a valid region and to the service 'bedrock'.`,
    );
  }
  const signedAt = signingDate(asked, day);
  if (signature !== (await sign(asked, names.split(';'), signedAt))) {
    throw denied(
      'InvalidSignatureException',
      'The request signature we calculated does not match the signature you provided. ' +
        'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  }
}

function signingDate({ headers, nowMs }: Asked, day: string): Date {
  const stamp = headers.get('x-amz-date') ?? '';
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/u.exec(stamp);
  if (!parts || !stamp.startsWith(day))
    throw denied('InvalidSignatureException', 'Date in Credential scope does not match X-Amz-Date.');
  const [, year, month, date, hour, minute, second] = parts;
  const signedAt = new Date(`${year}-${month}-${date}T${hour}:${minute}:${second}Z`);
  if (Math.abs(signedAt.getTime() - nowMs) > LARGEST_SKEW_MS)
    throw denied('InvalidSignatureException', `Signature expired: ${stamp}`);
  return signedAt;
}

async function sign(
  { url, headers, text, method }: Asked,
  names: string[],
  signedAt: Date,
): Promise<string | undefined> {
  const claimed = headers.get('x-amz-content-sha256');
  if (claimed !== null && claimed !== hexDigest(text)) return undefined;
  const signable = new Set(names);
  const { region, accessKeyId, secretAccessKey } = PRACTICE_AWS;
  const credentials = { accessKeyId, secretAccessKey };
  const signer = new SignatureV4({
    service: 'bedrock',
    region,
    sha256: Sha256,
    credentials,
    applyChecksum: signable.has('x-amz-content-sha256'),
  });
  const signed = await signer.sign(
    {
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: Object.fromEntries(names.map((name) => [name, headers.get(name) ?? (name === 'host' ? url.host : '')])),
      body: text,
    },
    { signingDate: signedAt, signableHeaders: signable },
  );
  return /Signature=([0-9a-f]{64})/u.exec(signed.headers['authorization'] ?? '')?.[1];
}

function denied(word: string, message: string): Rejected {
  return new Rejected(403, message, { word });
}
