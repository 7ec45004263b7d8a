import { compose, type Composed } from '../compose.ts';
import type { Configuration } from '../config/schema.ts';
import type { Environment } from '../config/parse.ts';
import { fetchHttp } from '../platform/fetch-http.ts';
import { fetchTransport } from '../platform/fetch-transport.ts';
import { practiceProviders } from '../practice/providers.ts';
import { pricesIn } from './price-file.ts';
import { readRouting } from './rules-files.ts';

export interface Checked {
  configuration: Configuration;
  environment: Environment;
  source: string;
  file?: string | undefined;
  practice: boolean;
}

/** Builds all that a start would build, and sends nothing. Throws what a start would throw. */
export function check({ configuration, environment, source, file, practice }: Checked): Composed {
  const providers = practice ? practiceProviders('http://practice.invalid') : configuration.providers;
  return compose(
    { ...configuration, providers },
    {
      http: fetchHttp,
      transport: fetchTransport(),
      log: { info: () => {}, warn: () => {}, error: () => {} },
      credentials: { awsChain: () => neverAsked, googleToken: () => neverAsked },
      environment,
      source,
      practice,
      isReady: () => true,
      routing: readRouting(configuration.routing, { source, file }).documents,
      prices: pricesIn(configuration.prices.file, { source, file }),
    },
  );
}

/** Credentials are fetched by requests only. */
function neverAsked(): Promise<never> {
  return Promise.reject(new Error('A check sends nothing'));
}
