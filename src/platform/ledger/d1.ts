/** The ledger in Cloudflare's D1. */
import { Kysely } from 'kysely';
import type { LedgerDatabase } from './database.ts';
import { rowStatement, valuesOf } from './insert.ts';
import { statementDialect } from './statements.ts';

/** As much of the binding as is used here. */
export interface D1 {
  prepare(sql: string): D1Statement;
  batch(statements: D1Statement[]): Promise<unknown>;
}

interface D1Statement {
  bind(...values: unknown[]): D1Statement;
  all(): Promise<{ results: unknown[] }>;
}

export function d1Database(d1: D1): LedgerDatabase {
  return {
    kysely: new Kysely({
      dialect: statementDialect(async ({ sql, parameters }) => {
        const { results } = await d1
          .prepare(sql)
          .bind(...parameters)
          .all();
        return results;
      }),
    }),
    family: 'sqlite',
    async runAll(queries) {
      await d1.batch(queries.map(({ sql, parameters }) => d1.prepare(sql).bind(...parameters)));
    },
    async insertAll(insertions) {
      const statements = insertions.flatMap((insertion) => {
        const statement = d1.prepare(rowStatement(insertion));
        return valuesOf(insertion).map((values) => statement.bind(...values));
      });
      if (statements.length > 0) await d1.batch(statements);
    },
    close: async () => {},
  };
}
