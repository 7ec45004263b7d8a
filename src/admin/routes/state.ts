/** What is in force: alerts, rules, the configuration, the numbers. */
import * as z from 'zod';
import { RULES } from '../../books/alerts/rules.ts';
import { CONTENT_TYPE } from '../../books/metrics/text.ts';
import { Alerts, Configuration, Rules } from '../answers/state.ts';
import { endpoint, json, text } from '../endpoint.ts';
import { redacted } from '../redact.ts';
import { isoOf } from '../span.ts';

/** Where Prometheus looks, and below the one path that Workers serve. */
const METRICS_PATHS = ['/metrics', '/admin/metrics'];

export const stateEndpoints = [
  endpoint(
    {
      method: 'get',
      path: '/admin/v1/alerts',
      summary: 'What is firing, and how many messages went to whom',
      answer: { status: 200, schema: Alerts },
    },
    ({ sources: { alerts } }) => {
      const firing = (alerts?.firing ?? []).map(({ rule, subject, severity, summary, firedAtMs }) => ({
        rule,
        title: RULES[rule].title,
        subject,
        severity,
        summary,
        firedAt: isoOf(firedAtMs),
      }));
      return json({ firing, messages: alerts?.reading().messages ?? [] });
    },
  ),
  endpoint(
    {
      method: 'get',
      path: '/admin/v1/rules',
      summary: "The rules of choosing in force: the operator's over the shipped ones",
      answer: { status: 200, schema: Rules },
    },
    ({ sources }) => json(sources.rules()),
  ),
  endpoint(
    {
      method: 'get',
      path: '/admin/v1/config',
      summary: 'The configuration in force, without secrets',
      answer: { status: 200, schema: Configuration },
    },
    ({ sources }) => json(redacted(sources.configuration)),
  ),
  ...METRICS_PATHS.map((path) =>
    endpoint(
      {
        method: 'get',
        path,
        summary: "The numbers, in Prometheus's text format",
        query: z.object({}).describe('Some scrapers send parameters; none means anything'),
        answer: { status: 200, types: [CONTENT_TYPE] },
      },
      ({ sources }) => text(sources.metrics?.() ?? '', CONTENT_TYPE),
    ),
  ),
];
