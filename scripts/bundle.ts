/**
 * One bundle of the local server: `npm run build`, and `npm start` where something was edited. Packages with parts that
 * nobody asks for, and a thousand modules, each with its own text and exports, weigh 20 MB; the bundle leaves them out.
 */
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { BUNDLE, isFresh, LOCK, MADE_OF, stampOf } from '../bin/made-of.js';

/** Asked for by few, and then from the packages themselves: they load files of their own. */
const EXTERNAL = ['pg', '@aws-sdk/credential-provider-node'];
/** A server that started from the one before may still ask for a part of it. */
const KEPT_MS = 24 * 60 * 60_000;
/** For CommonJS packages, which may ask for Node's own modules. */
const REQUIRE =
  "import { createRequire as createRequireOfBundle } from 'node:module';const require = createRequireOfBundle(import.meta.url);";

if (!isFresh()) await make();

async function make(): Promise<void> {
  const esbuild = await import('esbuild').catch(() => undefined); // Not after `npm ci --omit=dev`.
  if (!esbuild) return console.log('No bundle is made, because esbuild is not installed: the sources will run');
  const { metafile } = await esbuild.build({
    entryPoints: { node: 'src/node.ts', 'sqlite-thread': 'src/platform/ledger/sqlite-thread.ts' },
    outdir: BUNDLE,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node22.18',
    external: EXTERNAL,
    banner: { js: REQUIRE },
    minifySyntax: true,
    minifyWhitespace: true, // Names stay: they are in stack traces.
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    logLevel: 'warning',
  });
  const own = Object.keys(metafile.inputs).filter((file) => !file.startsWith('node_modules/'));
  const files = [...own, 'scripts/bundle.ts', LOCK];
  dropOld(new Set(Object.keys(metafile.outputs).map((file) => basename(file))));
  writeFileSync(MADE_OF, JSON.stringify(Object.fromEntries(files.map((file) => [file, stampOf(file)]))));
}

function dropOld(made: ReadonlySet<string>): void {
  for (const file of readdirSync(BUNDLE)) {
    const path = join(BUNDLE, file);
    if (!made.has(file) && Date.now() - statSync(path).mtimeMs > KEPT_MS) rmSync(path);
  }
}
