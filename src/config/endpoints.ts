/** Entries under `providers:` as endpoints: an address that is complete, and a credential that cannot be printed. */
import type { AwsKeys, Credential, Endpoint, EndpointSettings } from '../core/deployment.ts';
import type { Provider } from '../core/provider.ts';
import { keepSecret, Secret } from '../core/secret.ts';
import { CREDENTIAL_NAMES, findCredential, regionOf } from './credentials.ts';
import { ConfigurationError, type Environment } from './parse.ts';
import type { ProviderEntry } from './schema.ts';

/** Credentials that have to be fetched and renewed; each runtime has its way. */
export interface CredentialSources {
  /** AWS's own chain (profile, role, container…). */
  awsChain(region: string | undefined): () => Promise<AwsKeys>;
  googleToken(serviceAccount: string): () => Promise<Secret>;
}

export interface EndpointContext {
  source: string;
  environment: Environment;
  providers: ReadonlyMap<string, Provider>;
  credentials: CredentialSources;
  /** All of them are practice providers. */
  practice: boolean;
}

export function endpointsOf(entries: Record<string, ProviderEntry>, context: EndpointContext): Map<string, Endpoint> {
  const endpoints = new Map<string, Endpoint>();
  for (const [name, entry] of Object.entries(entries)) {
    const { apiKeys, ...rest } = entry;
    const first = endpointOf(name, apiKeys ? { ...rest, apiKey: apiKeys[0] } : rest, context);
    endpoints.set(name, first);
    for (const [index, apiKey] of (apiKeys ?? []).slice(1).entries()) {
      const credential: Credential = { kind: 'key', secret: new Secret(apiKey) };
      endpoints.set(`${name}#${index + 2}`, { ...first, name: `${name}#${index + 2}`, credential });
    }
  }
  return endpoints;
}

/** An entry's endpoints: one a credential, in their order. */
export function endpointsNamed(name: string, endpoints: ReadonlyMap<string, Endpoint>): Endpoint[] {
  return [...endpoints.values()].filter((endpoint) => endpoint.name === name || endpoint.name.startsWith(`${name}#`));
}

function endpointOf(name: string, declared: ProviderEntry, context: EndpointContext): Endpoint {
  const dialect = declared.dialect ?? name;
  const provider = context.providers.get(dialect);
  if (!provider) throw new ConfigurationError(context.source, [`providers.${name}.dialect: there is no "${dialect}"`]);
  const entry = withEnvironment(declared, dialect, context.environment);
  const settings = { ...settingsOf(entry), ...(context.practice && { practice: true }) };
  return {
    name,
    dialect,
    baseUrl: (entry.baseUrl ?? provider.baseUrl(settings)).replace(/\/+$/, ''),
    credential: credentialOf(`providers.${name}`, entry, { ...context, dialect }),
    settings,
    account: entry.account ?? name,
    limits: entry.limits,
  };
}

/** The environment's key goes to the dialect's public address only, never to one that a configuration names. */
function withEnvironment(entry: ProviderEntry, dialect: string, environment: Environment): ProviderEntry {
  const ownKey = entry.apiKey ?? entry.accessKeyId ?? entry.serviceAccount ?? entry.baseUrl;
  const found = ownKey === undefined ? findCredential(dialect, environment) : undefined;
  return { ...(dialect === 'bedrock' && { region: regionOf(environment) }), ...found, ...entry };
}

function settingsOf(entry: ProviderEntry): EndpointSettings {
  const { region, project, location, apiVersion, keyHeader, headers, responses } = entry;
  for (const value of Object.values(headers ?? {})) keepSecret(value);
  return { region, project, location, apiVersion, keyHeader, headers, responses };
}

function credentialOf(path: string, entry: ProviderEntry, context: EndpointContext & { dialect: string }): Credential {
  const { source, credentials, dialect } = context;
  const { apiKey, accessKeyId, secretAccessKey, sessionToken, serviceAccount } = entry;
  if (apiKey) return { kind: 'key', secret: new Secret(apiKey) };
  if (serviceAccount) return { kind: 'token', resolve: credentials.googleToken(serviceAccount) };
  if (accessKeyId && secretAccessKey) {
    const keys = Promise.resolve({ accessKeyId, secretAccessKey, sessionToken });
    return { kind: 'aws', resolve: () => keys };
  }
  if (accessKeyId || secretAccessKey) throw new ConfigurationError(source, [halfPair(path, accessKeyId)]);
  if (dialect === 'bedrock') return { kind: 'aws', resolve: credentials.awsChain(entry.region) };
  if (entry.baseUrl) return { kind: 'none' }; // Local servers ask for no key.
  const hint = `set it, best as apiKey: "\${${CREDENTIAL_NAMES[dialect] ?? 'NAME'}}", or set that variable`;
  throw new ConfigurationError(source, [`${path}.apiKey: the ${dialect} API needs a key; ${hint}`]);
}

/** AWS's own chain would find other keys, or none: another account would be billed. */
function halfPair(path: string, accessKeyId: string | undefined): string {
  const [there, missing] = accessKeyId ? ['accessKeyId', 'secretAccessKey'] : ['secretAccessKey', 'accessKeyId'];
  return `${path}.${missing}: is missing; AWS keys are a pair, and there is ${there}`;
}
