import { GatewayError } from '../../core/errors.ts';

type Header = (name: string) => string | undefined;

/** They differ in which fields a request may have; what we write fits both. */
const VERSIONS = ['2023-06-01', '2026-10-21'];

/**
 * What a conversation may ask for and the operator's account should know of. Not passed on are those that keep or
 * administer something at Anthropic (files of skills, agents, threads, profiles): they would do it in the operator's
 * name. Betas come with a date, and a new date changes their form, not what they are about.
 */
const BETAS = new Set([
  '1p-tool-use',
  'advanced-tool-use',
  'advisor-tool',
  'afk-mode',
  'cache-diagnosis',
  'claude-code',
  'code-execution',
  'compact',
  'computer-use',
  'context-1m',
  'context-management',
  'dev-full-thinking',
  'effort',
  'extended-cache-ttl',
  'fallback-credit',
  'fast-mode',
  'files-api',
  'fine-grained-tool-streaming',
  'inline-tools',
  'interleaved-thinking',
  'mcp-client',
  'mid-conversation-output-config',
  'mid-conversation-system-clear-at',
  'mid-conversation-tool-changes',
  'model-context-window-exceeded',
  'output-128k',
  'output-300k',
  'pdfs',
  'per-turn-control',
  'prompt-caching',
  'prompt-caching-scope',
  'redact-thinking',
  'search-results',
  'server-side-fallback',
  'structured-outputs',
  'summarize-connector-text',
  'task-budgets',
  'thinking-binding-controls',
  'thinking-display-updates',
  'thinking-token-count',
  'token-counting',
  'token-efficient-tools',
  'tool-examples',
  'tool-search-tool',
  'web-fetch',
  'web-search',
]);
const BETA = /^([a-z0-9-]+?)-(?:\d{8}|\d{4}-\d\d-\d\d)$/;
const MAX_BETAS = 32;

/** The client's headers that go to Anthropic with its words. Throws for a version whose answers we could not write. */
export function passedHeaders(header: Header): Record<string, string> {
  const version = header('anthropic-version');
  if (version !== undefined && !VERSIONS.includes(version)) {
    const message = `anthropic-version: "${version.slice(0, 40)}" is not served here; send ${VERSIONS.join(' or ')}`;
    throw new GatewayError('invalid_request', message, { param: 'anthropic-version' });
  }
  const betas = (header('anthropic-beta') ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => BETAS.has(BETA.exec(name)?.[1] ?? ''))
    .slice(0, MAX_BETAS);
  return {
    ...(version !== undefined && { 'anthropic-version': version }),
    ...(betas.length > 0 && { 'anthropic-beta': betas.join(',') }),
  };
}
