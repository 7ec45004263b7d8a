/** Finds the configuration: `--config`, `SIGNALBOX_CONFIG`, `signalbox.yaml` here, or what the environment offers. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { portProblems } from '../config/admin.ts';
import { findProviders } from '../config/credentials.ts';
import { isLoopback } from '../config/loopback.ts';
import { ConfigurationError, type Environment, parseConfiguration } from '../config/parse.ts';
import type { Routing } from '../config/routing.ts';
import type { Configuration } from '../config/schema.ts';

export const HELP = `signalbox: one OpenAI-compatible address for Claude, OpenAI, Gemini, Bedrock and every compatible server

Usage
  signalbox [start]            serve (default: http://127.0.0.1:8787)
  signalbox check              check the configuration without starting
  signalbox explain FILE       say what would become of a chat request, and why
  signalbox replay LOG         say what another configuration would have chosen, and what that would have cost
  signalbox fit --labels FILE  learn from your own traffic which asks need the strong model
  signalbox keys create NAME   make a virtual key; also list, revoke, rotate
  signalbox alerts test        send a message to every receiver of alerts
  signalbox COMMAND --help     the options of one of them

Options
  -c, --config FILE            configuration (default: SIGNALBOX_CONFIG, then ./signalbox.yaml, then the environment)
      --host HOST              address to listen on (default 127.0.0.1; another one needs \`keys:\`)
  -p, --port PORT              port (default 8787)
  -h, --help                   this text
  -v, --version                the version

Credentials from the environment, where the configuration names no providers
  ANTHROPIC_API_KEY, OPENAI_API_KEY, GEMINI_API_KEY,
  AWS_BEARER_TOKEN_BEDROCK or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_REGION)
Without any of them practice providers answer: everything works, nothing is billed, no model is called.`;

export interface Loaded {
  configuration: Configuration;
  environment: Environment;
  /** Where it came from, for messages. */
  source: string;
  /** Its file, if it is one: paths in it begin where it lies. */
  file: string | undefined;
  /** Reads its `routing:` again. */
  routing: () => Routing;
  /** No provider is configured anywhere. */
  practice: boolean;
  describe(): string;
}

interface Arguments {
  config?: string | undefined;
  host?: string | undefined;
  port?: string | undefined;
}

export async function loadConfiguration(given: Arguments, environment: Environment): Promise<Loaded> {
  const file =
    given.config ?? (environment.SIGNALBOX_CONFIG || (existsSync('signalbox.yaml') ? 'signalbox.yaml' : undefined));
  const source = file ?? 'the environment';
  const parsed = parseConfiguration(file ? readFile(file) : '', source, environment);
  const declared = Object.keys(parsed.providers).length > 0;
  const providers = declared ? parsed.providers : findProviders(environment);
  const server = {
    ...parsed.server,
    ...(given.host && { host: given.host }),
    ...(given.port && { port: toPort(given.port) }),
  };
  const configuration = { ...parsed, server, providers };
  refuseOpenDoor(configuration, source);
  const problems = portProblems(server, parsed.admin);
  if (problems.length > 0) throw new ConfigurationError(source, problems);
  if (file) warnOpenFile(file, parsed);
  const practice = Object.keys(providers).length === 0;
  return {
    configuration,
    environment,
    source,
    file,
    routing: () => (file ? parseConfiguration(readAgain(file), source, environment).routing : parsed.routing),
    practice,
    describe: () => describe(configuration, practice),
  };
}

function readFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw new ConfigurationError(file, [`cannot be read (${why}); name another file with --config`]);
  }
}

/** Nothing at all is what an editor leaves for a moment; the rules in force are not given up for it. */
function readAgain(file: string): string {
  const text = readFile(file);
  if (text.trim() !== '') return text;
  throw new ConfigurationError(file, ['is empty: it may be half written; {} stands for no settings']);
}

function toPort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new ConfigurationError('--port', [`"${text}" is no port; give a number from 0 to 65535`]);
}

/** Whoever can reach an open router spends its owner's money. */
function refuseOpenDoor({ server, keys }: Configuration, source: string): void {
  if (keys.length > 0 || isLoopback(server.host)) return;
  const what = `server.host: ${server.host} can be reached from other machines, and no client keys are configured`;
  throw new ConfigurationError(source, [
    `${what}; add \`keys: [{ name: app, key: "\${APP_KEY}" }]\`, or listen on 127.0.0.1`,
  ]);
}

/** How a service account's begins; the account may stand there on many lines. */
const PRIVATE_KEY = '-----BEGIN PRIVATE KEY-----';

function warnOpenFile(file: string, configuration: Configuration): void {
  const text = readFile(file);
  const inFile = secretsIn(configuration).some((secret) => secret && text.includes(secret));
  if (!inFile || (statSync(file).mode & 0o077) === 0) return;
  process.stderr.write(
    `${file}: holds secrets and others on this machine may read it; use \${NAME}, or chmod 600 it\n`,
  );
}

function secretsIn({ providers, keys, admin }: Configuration): readonly (string | undefined)[] {
  const ofProviders = Object.values(providers).flatMap(
    ({ apiKey, apiKeys = [], secretAccessKey, sessionToken, serviceAccount }) => [
      apiKey,
      ...apiKeys,
      secretAccessKey,
      sessionToken,
      serviceAccount && PRIVATE_KEY,
    ],
  );
  return [...ofProviders, ...keys.map(({ key }) => key), admin.token];
}

function describe({ providers, models, keys, server }: Configuration, practice: boolean): string {
  const names = practice ? 'practice providers' : Object.keys(providers).join(', ');
  const served = Object.keys(models).length;
  const offered = served > 0 ? `${served} model${served === 1 ? '' : 's'}` : 'every model of the catalog';
  const host = server.host.includes(':') ? `[${server.host}]` : server.host;
  return `Providers: ${names}; ${offered}; ${keys.length} client key(s); http://${host}:${server.port}`;
}
