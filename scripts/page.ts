/** Builds the page that the admin API serves: npm run build:page; with --check it only says whether that was done. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const PLACE = 'src/admin/page/assets.json';
/** All of it together, as a browser would fetch it. */
const MAX_GZIP_BYTES = 150 * 1024;

const TYPES: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

const { outputFiles } = await build({
  entryPoints: { app: 'web/main.tsx', style: 'web/style/style.css' },
  bundle: true,
  minify: true,
  write: false,
  outdir: 'out',
  format: 'esm',
  target: ['chrome120', 'firefox121', 'safari17'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  charset: 'utf8',
  legalComments: 'none',
});
const textOf = (end: string) => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? '';
const files = {
  'index.html': readFileSync('web/index.html', 'utf8'),
  'app.js': textOf('app.js'),
  'app.css': textOf('style.css'),
  'icon.svg': readFileSync('web/icon.svg', 'utf8'),
};

const assets = Object.fromEntries(
  Object.entries(files).map(([name, body]) => {
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    return [name, { type: TYPES[name.split('.').at(-1) ?? ''], etag, body }];
  }),
);
const json = `${JSON.stringify(assets, null, 2)}\n`;
const gzipBytes = Object.values(files).reduce((sum, body) => sum + gzipSync(body).byteLength, 0);
if (gzipBytes > MAX_GZIP_BYTES) fail(`The page has ${gzipBytes} bytes (gzip); ${MAX_GZIP_BYTES} are the most`);

if (!process.argv.includes('--check')) {
  writeFileSync(PLACE, json);
  console.log(`${PLACE}: ${json.length} bytes, ${gzipBytes} as gzip`);
} else if (readFileSync(PLACE, 'utf8') !== json) fail(`${PLACE} is not what web/ makes; run: npm run build:page`);

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
