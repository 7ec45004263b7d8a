import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Which folder may import which. A folder may always import itself. The longest matching name counts. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  'src/core': [],
  'src/answers': ['src/core'],
  'src/routing': ['src/core'],
  'src/limits': ['src/core'],
  'src/resilience': ['src/core'],
  'src/books': ['src/core', 'src/limits'],
  'src/attempt': ['src/core', 'src/answers'],
  'src/gateway': ['src/core', 'src/answers', 'src/attempt', 'src/books', 'src/resilience', 'src/routing'],
  'src/doors': ['src/core', 'src/answers'],
  'src/batches': ['src/core', 'src/answers', 'src/books', 'src/doors', 'src/gateway', 'src/routing'],
  'src/http': ['src/core', 'src/batches', 'src/doors', 'src/gateway', 'src/attempt/live.ts', 'src/routing/view.ts'],
  'src/config': [
    'src/core',
    'src/routing/catalog.ts',
    'src/routing/limit-family.ts',
    'src/books/spending/declared.ts',
    'src/books/tenants/names.ts',
  ],
  'src/admin': ['src/core', 'src/books', 'src/config', 'src/limits/standing.ts', 'src/http/authenticate.ts'],
  'src/platform': [
    'src/core',
    'src/http/port.ts',
    'src/attempt/live.ts',
    'src/books/tenants/book.ts',
    'src/books/spending/declared.ts',
  ],
  'src/practice': ['src/core', 'src/config/schema.ts'],
  providers: ['src/core'],
  // The composition roots join everything; nothing imports them.
  'src/compose.ts': ['src', 'providers', 'routing-rules'],
  'src/compose': ['src', 'routing-rules'],
  'src/server': ['src', 'routing-rules'],
  'src/node.ts': ['src'],
  'src/worker.ts': ['src', 'signalbox.worker.yaml', 'package.json'],
};
/** Where the runtime's own names may stand. */
const RUNTIME_IN = ['src/platform', 'src/server', 'src/node.ts', 'src/worker.ts'];
/** Only here may an official SDK's name stand, and only as types. */
const SDK_HOMES: Record<string, string> = {
  openai: 'src/core/chat.ts providers/openai',
  '@anthropic-ai/sdk': 'providers/anthropic',
  '@google/genai': 'providers/gemini',
  '@aws-sdk/client-bedrock-runtime': 'providers/bedrock',
};
const MAX_LINES = 250;

const files = ['src', 'providers'].flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(root, name)),
);
const imports = (source: string) =>
  [...source.matchAll(/^(import|export)( type)?[^;]*? from '([^']+)'/gms)].map(([, , type, name = '']) => ({
    name,
    onlyTypes: type !== undefined,
  }));
const inside = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`);
const homeOf = (path: string) =>
  Object.keys(MAY_IMPORT)
    .filter((folder) => inside(path, folder))
    .toSorted((a, b) => b.length - a.length)[0] ?? 'nowhere';

describe.each(files)('%s', (file) => {
  const source = readFileSync(file, 'utf8');
  const home = homeOf(file);

  it('imports only what its folder may', () => {
    const strangers = imports(source)
      .filter(({ name }) => name.startsWith('.'))
      .map(({ name }) => normalize(join(dirname(file), name)))
      .filter((path) => ![home, ...(MAY_IMPORT[home] ?? [])].some((folder) => inside(path, folder)));
    expect(strangers).toEqual([]);
  });

  it('names the runtime only where it may', () => {
    const allowed = RUNTIME_IN.some((folder) => inside(file, folder));
    expect(!allowed && /\bprocess\.|from 'node:|from 'cloudflare:|\bBuffer\./.test(source)).toBe(false);
  });

  it('takes zod as a namespace', () => {
    // By its name `z` a bundler takes all of it in, with every language that it speaks: 60 KB of the Worker.
    expect(source).not.toContain("import { z } from 'zod'");
  });

  it('imports no other provider', () => {
    const [root, own] = file.split('/');
    if (root !== 'providers' || own === 'index.ts') return;
    const others = imports(source).filter(({ name }) => /^\.\.\/[^.]/.test(name) && !name.startsWith('../shared/'));
    expect(others).toEqual([]);
  });

  it('takes from an official SDK only types, and only in its one home', () => {
    const wrong = imports(source).filter(({ name, onlyTypes }) => {
      const sdk = Object.keys(SDK_HOMES).find((candidate) => inside(name, candidate));
      return sdk && !(onlyTypes && SDK_HOMES[sdk]?.split(' ').some((allowed) => inside(file, allowed)));
    });
    expect(wrong).toEqual([]);
  });

  it(`stays under ${MAX_LINES} lines`, () => {
    expect(source.split('\n').length).toBeLessThanOrEqual(MAX_LINES);
  });
});

describe('the request path', () => {
  it('imports no composition root', () => {
    const roots = ['src/compose.ts', 'src/compose', 'src/server', 'src/node.ts', 'src/worker.ts'];
    const guests = files
      .filter((file) => !roots.some((root) => inside(file, root)))
      .filter((file) =>
        imports(readFileSync(file, 'utf8')).some(({ name }) => {
          const path = normalize(join(dirname(file), name));
          return name.startsWith('.') && roots.some((root) => inside(path, root));
        }),
      );
    expect(guests).toEqual([]);
  });
});
