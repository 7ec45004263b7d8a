/** Where each dialect's credential is looked for in the environment, by the names its own tools use. */
import { NOT_IN_HEADER } from '../core/header-syntax.ts';
import { ConfigurationError, type Environment } from './parse.ts';
import type { ProviderEntry } from './schema.ts';
import { UNSENDABLE } from './sendable.ts';

type Found = Partial<ProviderEntry> | undefined;

/** AWS's own variables for the region. */
export function regionOf({ AWS_REGION, AWS_DEFAULT_REGION }: Environment): string {
  return AWS_REGION?.trim() || AWS_DEFAULT_REGION?.trim() || 'us-east-1';
}

/** The variables that each dialect's credential may come from, for messages. */
export const CREDENTIAL_NAMES: Record<string, string> = {
  anthropic: 'ANTHROPIC_API_KEY',
  openai: 'OPENAI_API_KEY',
  gemini: 'GEMINI_API_KEY',
  bedrock: 'AWS_BEARER_TOKEN_BEDROCK, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE',
};

const FINDERS: Record<string, (environment: Environment) => Found> = {
  anthropic: ({ ANTHROPIC_API_KEY: apiKey }) => (apiKey ? { apiKey } : undefined),
  openai: ({ OPENAI_API_KEY: apiKey }) => (apiKey ? { apiKey } : undefined),
  gemini: ({ GEMINI_API_KEY, GOOGLE_API_KEY }) => {
    const apiKey = GEMINI_API_KEY || GOOGLE_API_KEY;
    return apiKey ? { apiKey } : undefined;
  },
  bedrock: findAws,
};

function findAws(environment: Environment): Found {
  const { AWS_BEARER_TOKEN_BEDROCK: apiKey, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY } = environment;
  const region = regionOf(environment);
  if (apiKey) return { apiKey, region };
  if (accessKeyId && AWS_SECRET_ACCESS_KEY) {
    const sessionToken = environment.AWS_SESSION_TOKEN;
    return { accessKeyId, secretAccessKey: AWS_SECRET_ACCESS_KEY, region, ...(sessionToken && { sessionToken }) };
  }
  const { AWS_PROFILE, AWS_WEB_IDENTITY_TOKEN_FILE, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI } = environment;
  const chain = AWS_PROFILE || AWS_WEB_IDENTITY_TOKEN_FILE || AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;
  return chain ? { region } : undefined; // AWS's own credential chain finds the keys.
}

/** What the environment has for a dialect; undefined if nothing. */
export function findCredential(dialect: string, environment: Environment): Found {
  return FINDERS[dialect]?.(sendable(dialect, environment));
}

const VARIABLES: Record<string, readonly string[]> = {
  anthropic: ['ANTHROPIC_API_KEY'],
  openai: ['OPENAI_API_KEY'],
  gemini: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
  bedrock: ['AWS_BEARER_TOKEN_BEDROCK', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'],
};

/** Without the line end that a file left behind. */
function sendable(dialect: string, environment: Environment): Environment {
  const own = (VARIABLES[dialect] ?? []).map((name) => [name, environment[name]?.trim()] as const);
  const wrong = own.filter(([, value = '']) => NOT_IN_HEADER.test(value)).map(([name]) => `${name}: ${UNSENDABLE}`);
  if (wrong.length > 0) throw new ConfigurationError('the environment', wrong);
  return { ...environment, ...Object.fromEntries(own) };
}

/** `providers:` for a configuration that has none. Empty when the environment has no credential at all. */
export function findProviders(environment: Environment): Record<string, ProviderEntry> {
  const found: Record<string, ProviderEntry> = {};
  for (const dialect of Object.keys(FINDERS)) {
    const entry = findCredential(dialect, environment);
    if (entry) found[dialect] = entry;
  }
  return found;
}
