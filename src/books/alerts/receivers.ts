/** Who is told. Addresses and keys come from the configuration, and cannot be printed: a webhook's address is its key. */
import { Secret } from '../../core/secret.ts';
import type { Severity } from './rules.ts';

interface Common {
  name: string;
  /** What is less severe is not sent here. */
  from: Severity;
}

/** As the configuration has them. */
export type ReceiverEntry = Common &
  (
    | { type: 'slack' | 'discord'; url: string }
    | { type: 'pagerduty'; url: string; routingKey: string }
    | { type: 'opsgenie'; url: string; apiKey: string }
    | { type: 'webhook'; url: string; secret: string }
  );

/** `key`: what signs or opens it, where the address alone does not. */
export type Receiver = Common & { url: Secret } & (
    | { type: 'slack' | 'discord' }
    | { type: 'pagerduty' | 'opsgenie' | 'webhook'; key: Secret }
  );

export function receiverOf(entry: ReceiverEntry): Receiver {
  const { name, from } = entry;
  const common = { name, from, url: new Secret(entry.url.replace(/\/+$/, '')) };
  switch (entry.type) {
    case 'slack':
    case 'discord':
      return { ...common, type: entry.type };
    case 'pagerduty':
      return { ...common, type: 'pagerduty', key: new Secret(entry.routingKey) };
    case 'opsgenie':
      return { ...common, type: 'opsgenie', key: new Secret(entry.apiKey) };
    case 'webhook':
      return { ...common, type: 'webhook', key: new Secret(entry.secret) };
  }
}
