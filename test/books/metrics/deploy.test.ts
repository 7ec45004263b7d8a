import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { METRICS, type Metric } from '../../../src/books/metrics/names.ts';
import { ERROR_RULES } from '../../../src/core/errors.ts';

interface Panel {
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string; legendFormat: string }[];
}
interface AlertRule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string };
}

const dashboard = JSON.parse(readFileSync('deploy/grafana/signalbox.json', 'utf8')) as { panels: Panel[] };
const rules = parse(readFileSync('deploy/prometheus/alerts.yml', 'utf8')) as { groups: { rules: AlertRule[] }[] };
const alertRules = rules.groups.flatMap((group) => group.rules);

const queries = [
  ...dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr, legendFormat }) => ({ where: `panel "${title}"`, expr, words: legendFormat })),
  ),
  ...alertRules.map(({ alert, expr, annotations }) => ({ where: `alert ${alert}`, expr, words: annotations.summary })),
];

const ALL: Record<string, Metric> = METRICS;
/** Prometheus's own. */
const ANYWHERE = new Set(['job', 'instance', 'le', '__name__']);

/** Series names, with the suffix that a histogram's series must have. */
function metricOf(series: string): Metric | undefined {
  const bare = series.replace(/_(?:bucket|sum|count)$/, '');
  if (ALL[bare]?.type === 'histogram') return series === bare ? undefined : ALL[bare];
  return ALL[series];
}

const namesIn = (expr: string) => [
  ...new Set([...expr.matchAll(/\b(?:signalbox|gen_ai|process|nodejs)_\w+/g)].map(([name]) => name)),
];
const seriesIn = (expr: string) => namesIn(expr).filter((name) => !labelsOfAll.has(name));
const labelsOfAll = new Set(Object.values(ALL).flatMap(({ labels }) => labels));

/** Between braces and after `by`: label names. */
function labelsIn(expr: string): string[] {
  const selectors = [...expr.matchAll(/\{([^}]*)\}/g)].flatMap(([, inner = '']) =>
    [...inner.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
  );
  const groups = [...expr.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].flatMap(([, inner = '']) => inner.split(/,\s*/));
  return [...selectors, ...groups];
}

describe.each(queries)('$where', ({ where, expr, words }) => {
  const series = seriesIn(expr);
  const metrics = series.map(metricOf);

  it('asks for metrics that there are', () => {
    expect(series.filter((_, index) => !metrics[index])).toEqual([]);
    expect(series.length > 0 || expr.startsWith('up{')).toBe(true);
  });

  it('asks for labels that they have, and shows only such', () => {
    const known = new Set([...ANYWHERE, ...metrics.flatMap((metric) => metric?.labels ?? [])]);
    const shown = [...words.matchAll(/\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}/g)].map(([, label = '']) => label);
    expect([...labelsIn(expr), ...shown].filter((label) => !known.has(label))).toEqual([]);
  });

  it('knows the kinds of errors that it names', () => {
    const [, listed = ''] = /outcome(?:=~|!~)"([^"]+)"/.exec(expr) ?? [];
    const kinds = new Set(['', 'ok', 'sent', ...Object.keys(ERROR_RULES)]);
    expect([where, listed.split('|').filter((kind) => !kinds.has(kind))]).toEqual([where, []]);
  });

  it('takes rates of counters only', () => {
    for (const [, name = ''] of expr.matchAll(/(?:rate|increase)\((\w+)/g)) {
      expect([name, metricOf(name)?.type]).not.toEqual([name, 'gauge']);
    }
  });
});

describe('the files', () => {
  it('use every metric that is not only for the curious', () => {
    const used = new Set(queries.flatMap(({ expr }) => seriesIn(expr).map((name) => name.replace(/_bucket$/, ''))));
    const unused = Object.keys(ALL).filter((name) => !used.has(name));
    expect(unused.toSorted()).toEqual([
      'process_start_time_seconds',
      'signalbox_shadow_requests_total',
      'signalbox_tenant_requests_total',
      'signalbox_tenant_tokens_total',
    ]);
  });

  it('name each alert once, with a severity and words', () => {
    expect(new Set(alertRules.map(({ alert }) => alert)).size).toBe(alertRules.length);
    for (const { labels, annotations } of alertRules) {
      expect(['warning', 'critical']).toContain(labels.severity);
      expect(annotations.summary).not.toBe('');
    }
  });

  it('lay no panel over another', () => {
    const taken = new Set<string>();
    for (const { title, gridPos } of dashboard.panels) {
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect([title, taken.has(`${x} ${y}`), x < 24]).toEqual([title, false, true]);
          taken.add(`${x} ${y}`);
        }
      }
    }
  });

  it('are described in docs/metrics.md, every metric', () => {
    const page = readFileSync('docs/metrics.md', 'utf8');
    expect(Object.keys(ALL).filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});
