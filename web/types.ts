/** What the admin API answers, as its own schemas say it. Types only: no schema is in the page. */
import type { z } from 'zod';
import type * as books from '../src/admin/answers/books.ts';
import type * as ledger from '../src/admin/answers/ledger.ts';
import type * as rules from '../src/admin/answers/rules.ts';
import type * as state from '../src/admin/answers/state.ts';

export type Health = z.output<typeof state.Health>;
export type Deployment = Health['deployments'][number];
export type Attention = Health['attention'][number];
export type Alerts = z.output<typeof state.Alerts>;
export type Rules = z.output<typeof state.Rules>;
export type Account = z.output<typeof books.Account>;
export type Reading = z.output<typeof books.Reading>;
export type Key = z.output<typeof books.Key>;
export type IssuedKey = z.output<typeof books.IssuedKey>;
export type Tenant = z.output<typeof books.Tenant>;
export type Usage = z.output<typeof ledger.Usage>;
export type UsageGroup = Usage['data'][number];
export type Latency = z.output<typeof ledger.Latency>;
export type LedgerRequest = z.output<typeof ledger.Request>;
export type Story = z.output<typeof ledger.Story>;

export type Savings = z.output<typeof ledger.Savings>;
export type RulesText = z.output<typeof rules.RulesDocument>;
export type RulesCheck = z.output<typeof rules.RulesCheck>;
export type RulesTrial = z.output<typeof rules.RulesTrial>;
export type RulesApplied = z.output<typeof rules.RulesApplied>;
export type RulesVersions = z.output<typeof rules.RulesVersions>;
export type RulesVersion = z.output<typeof rules.RulesVersion>;
export type RulesMistake = RulesCheck['mistakes'][number];

export interface Page<T> {
  data: T[];
  cursor: string | null;
}
