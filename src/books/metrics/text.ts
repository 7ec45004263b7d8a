/** Prometheus's text format 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/ */
import { type Metric, METRICS, type MetricName } from './names.ts';

export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** One line: the labels as they stand between the braces, and the value. */
export interface Sample {
  /** `_bucket`, `_sum` and `_count` of histograms. */
  suffix?: string;
  labels: string;
  value: number;
}

export function familyText(name: MetricName, samples: readonly Sample[]): string {
  if (samples.length === 0) return '';
  const { type, help }: Metric = METRICS[name];
  const lines = samples.map(
    ({ suffix = '', labels, value }) => `${name}${suffix}${labels && `{${labels}}`} ${numberText(value)}\n`,
  );
  return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

/** `model="gpt-5.5",outcome="ok"`: what is missing is empty. */
export function labelsText(names: readonly string[], values: readonly string[]): string {
  return names.map((name, index) => `${name}="${escapeLabel(values[index] ?? '')}"`).join(',');
}

export function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

function escapeLabel(value: string): string {
  return value.toWellFormed().replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function escapeHelp(help: string): string {
  return help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
