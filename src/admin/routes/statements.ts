import * as z from 'zod';
import { statementCsv } from '../../books/ledger/export.ts';
import { Statement } from '../answers/ledger.ts';
import { endpoint, json, text } from '../endpoint.ts';
import { askLedger } from '../stores.ts';
import { groupOf } from './usage.ts';

const CSV = 'text/csv; charset=utf-8';

export const statementEndpoints = [
  endpoint(
    {
      method: 'get',
      path: '/admin/v1/statements/:tenant/:month',
      summary: "A tenant's month: in all, by day, model and key",
      parameters: z.strictObject({
        tenant: z.string().min(1).max(80),
        month: z
          .string()
          .regex(/^\d{4}-(?:0[1-9]|1[0-2])$/, 'a month looks like 2026-11')
          .describe('2026-11'),
      }),
      query: z.strictObject({ format: z.enum(['json', 'csv']).default('json') }),
      answer: { status: 200, schema: Statement, types: [CSV] },
    },
    async ({ parameters: { tenant, month }, query: { format }, sources }) => {
      const statement = await askLedger(sources, 'month', (store) => store.statement(tenant, month));
      if (format === 'csv') return text(statementCsv(statement), CSV, `statement-${month}.csv`);
      const { byModel, byKey, byDay } = statement;
      return json({
        ...statement,
        byModel: byModel.map(groupOf),
        byKey: byKey.map(groupOf),
        byDay: byDay.map(groupOf),
      });
    },
  ),
];
