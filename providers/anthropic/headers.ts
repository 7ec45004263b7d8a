import type { Capabilities } from '../../src/core/deployment.ts';
import { record } from '../shared/refusal.ts';

/** Takes sampling parameters; newer models name the newer version in the catalog. */
export const DEFAULT_VERSION = '2023-06-01';

/** Betas are named only where the body needs them: one that a server does not know is a 400. */
export function headersFor(body: Record<string, unknown>, { apiVersion }: Capabilities): Record<string, string> {
  const version = apiVersion ?? DEFAULT_VERSION;
  const betas: string[] = [];
  if (version === DEFAULT_VERSION && hasFile(body)) betas.push('files-api-2025-04-14');
  if (record(body['thinking'])?.['block_binding']) betas.push('thinking-binding-controls-2026-08-01');
  if (body['speed'] === 'fast') betas.push('fast-mode-2026-02-01');
  return headersOf(version, betas.join(','));
}

export function headersOf(version: string, betas: string): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'application/json', 'anthropic-version': version };
  if (betas) headers['anthropic-beta'] = betas;
  return headers;
}

function hasFile(body: Record<string, unknown>): boolean {
  return someOf(body['messages'], (message) => someOf(message['content'], isFile));
}

/** A tool result has blocks of its own. */
function isFile({ source, content }: Record<string, unknown>): boolean {
  return (
    record(source)?.['type'] === 'file' || someOf(content, (block) => record(block['source'])?.['type'] === 'file')
  );
}

function someOf(list: unknown, has: (entry: Record<string, unknown>) => boolean): boolean {
  return Array.isArray(list) && list.some((entry) => has(record(entry) ?? {}));
}
