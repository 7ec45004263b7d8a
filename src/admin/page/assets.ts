/** The page's files, built by `npm run build:page` from `web/`, and how they are served. */
import built from './assets.json' with { type: 'json' };

export interface Asset {
  type: string;
  /** Changes with the body. */
  etag: string;
  body: string;
}

const ASSETS: ReadonlyMap<string, Asset> = new Map(Object.entries(built));

export function assetAt(name: string): Asset | undefined {
  return ASSETS.get(name);
}

/** Nothing inline, nothing from elsewhere, nobody frames it, and no text can become markup. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:", // Pictures that somebody puts into the playground.
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-cache', // Kept, and asked for again with its etag: a new version is seen at once.
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};
