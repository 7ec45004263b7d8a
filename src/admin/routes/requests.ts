/** Single requests: a list, one of them with its plan, and all of them as a file. */
import * as z from 'zod';
import { type ExportFormat, exportRows } from '../../books/ledger/export.ts';
import { GatewayError } from '../../core/errors.ts';
import type { AttemptRow, RequestQuery, RequestRow } from '../../core/ledger.ts';
import { Request, Story } from '../answers/ledger.ts';
import { endpoint, json, text } from '../endpoint.ts';
import { pageSchema } from '../paging.ts';
import { Filter, filterOf, isoOf, rangeOf, Shadow, Span } from '../span.ts';
import { streamOf } from '../stream.ts';
import { askLedger } from '../stores.ts';

/** Of outcomes: each that is not `ok`. */
const NOT_OK = 'not_ok';

const Wanted = {
  ...Filter,
  outcome: Filter.outcome.describe(`\`${NOT_OK}\`: each but \`ok\``),
  session: z.string().max(200).optional().describe('The conversation'),
  asked: z.string().max(200).optional().describe('The model or route that the client asked for'),
  shadow: Shadow.describe('true: only copies; false: none; without it both'),
};

const TYPES: Record<ExportFormat, string> = {
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/jsonl; charset=utf-8',
};

export const requestEndpoints = [
  endpoint(
    {
      method: 'get',
      path: '/admin/v1/requests',
      summary: 'Requests, the newest first',
      query: z.strictObject({
        ...Wanted,
        from: Span.from.describe('Default: the beginning'),
        to: Span.to,
        cursor: z.string().min(1).max(300).optional().describe('`cursor` of the page before'),
        limit: z.coerce.number().int().min(1).max(200).default(50),
      }),
      answer: { status: 200, schema: pageSchema(Request) },
    },
    async ({ query, sources, nowMs }) => {
      const { cursor, limit } = query;
      const range = rangeOf({ ...query, from: query.from ?? 0 }, nowMs);
      const wanted = { ...range, ...conditionsOf(query), cursor, limit };
      const page = await askLedger(sources, 'cursor', (store) => store.requests(wanted));
      return json({ data: page.requests.map(rowOf), cursor: page.cursor ?? null });
    },
  ),
  endpoint(
    {
      method: 'get',
      path: '/admin/v1/requests/:id',
      summary: 'One request: why it went where it went, and what became of each attempt',
      parameters: z.strictObject({ id: z.string().min(1).max(100) }),
      answer: { status: 200, schema: Story },
    },
    async ({ parameters: { id }, sources }) => {
      const story = await askLedger(sources, 'id', (store) => store.request(id));
      if (!story) throw notThere(id);
      const plan = sources.planOf?.(id) ?? null;
      return json({ request: rowOf(story.request), attempts: story.attempts.map(rowOf), plan });
    },
  ),
  endpoint(
    {
      method: 'get',
      path: '/admin/v1/export',
      summary: 'Requests as a file, the newest first, however many',
      query: z.strictObject({ ...Wanted, ...Span, format: z.enum(['csv', 'jsonl']).default('csv') }),
      answer: { status: 200, types: Object.values(TYPES) },
    },
    async ({ query, sources, nowMs, onFailure }) => {
      const { format } = query;
      const wanted = { ...rangeOf(query, nowMs), ...conditionsOf(query) };
      const requests = (page: RequestQuery) => askLedger(sources, 'from', (store) => store.requests(page));
      const file = await streamOf(exportRows({ requests }, wanted, format), onFailure);
      return text(file, TYPES[format], `requests-${isoOf(wanted.fromMs).slice(0, 10)}.${format}`);
    },
  ),
];

type Asked = z.output<z.ZodObject<typeof Wanted>>;

function conditionsOf({ session, shadow, asked, outcome, ...rest }: Asked) {
  const failed = outcome === NOT_OK || undefined;
  return { where: filterOf({ ...rest, outcome: failed ? undefined : outcome }), session, shadow, asked, failed };
}

function notThere(id: string): GatewayError {
  const message = `There is no request "${id.slice(0, 100)}" in the ledger: it is still running, was dropped, or is too old`;
  return new GatewayError('route_not_found', message, { code: 'request_not_found', param: 'id' });
}

/** The price as it is, not as text. */
function rowOf({ atMs, price, ...row }: RequestRow | AttemptRow): object {
  return { ...row, at: isoOf(atMs), price: price === null ? null : (JSON.parse(price) as unknown) };
}
