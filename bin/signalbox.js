#!/usr/bin/env -S node --max-semi-space-size=8 --no-concurrent-recompilation
/**
 * The local server: the bundle that `npm run build` made of these very files, or else `src/node.ts`. What Node compiles
 * is kept beside its packages, so that a later start is twice as fast and, from the sources, 25 MB lighter, because the
 * type stripper stays out; this file is JavaScript for its sake. Not under the temporary directory: whoever may write
 * there could have us run what he likes. Where nothing may be written, nothing is kept.
 */
import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { BUNDLE, isFresh } from './made-of.js';

/** A killed process would leave nothing behind. */
const FLUSH_AFTER_MS = 5_000;
/** Longer than a start takes. After 5 s a load that came at once cost more and peaked a tenth higher. */
const GROW_AFTER_MS = 1_000;

enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/signalbox'));
// What a start makes is there to stay: a young space that grows for it collects no better, and takes 25 MB.
setFlagsFromString('--semi-space-growth-factor=1');
// A request that lives through one collection is over before the next: what it is made of must not be made old (decision 17).
setFlagsFromString('--no-allocation-site-pretenuring');
await import(isFresh() ? pathToFileURL(join(BUNDLE, 'node.js')).href : '../src/node.ts');
setTimeout(() => setFlagsFromString('--semi-space-growth-factor=2'), GROW_AFTER_MS).unref();
setTimeout(flushCompileCache, FLUSH_AFTER_MS).unref();
