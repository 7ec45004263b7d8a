/** Counters and histograms by their labels. Bounded: a series too many is counted under `other`, and that is counted. */
import { type Metric, METRICS, type MetricName, type NamesOf } from './names.ts';
import { familyText, labelsText, numberText, type Sample } from './text.ts';

/** Of one metric. */
const MAX_SERIES = 1_000;
export const OTHER = 'other';

export interface Counter {
  total: number;
}

export interface Histogram {
  readonly counts: Float64Array;
  sum: number;
  count: number;
}

interface Series<Value> {
  labels: string;
  value: Value;
}

export class Registry {
  readonly #maxSeries: number;
  readonly #counters = new Map<MetricName, Map<string, Series<Counter>>>();
  readonly #histograms = new Map<MetricName, Map<string, Series<Histogram>>>();
  readonly #folded = new Map<MetricName, number>();

  constructor(maxSeries = MAX_SERIES) {
    this.#maxSeries = maxSeries;
  }

  count(name: NamesOf<'counter'>, values: readonly string[], amount = 1): void {
    this.#series(this.#counters, name, values, () => ({ total: 0 })).total += amount;
  }

  observe(name: NamesOf<'histogram'>, values: readonly string[], amount: number): void {
    const { buckets } = METRICS[name];
    const make = () => ({ counts: new Float64Array(buckets.length), sum: 0, count: 0 });
    const histogram = this.#series(this.#histograms, name, values, make);
    histogram.count++;
    histogram.sum += amount;
    const index = firstAtLeast(buckets, amount);
    if (index < buckets.length) histogram.counts[index] = (histogram.counts[index] ?? 0) + 1;
  }

  /** Of each metric that has any: what was counted under `other` because there were too many series. */
  get folded(): ReadonlyMap<MetricName, number> {
    return this.#folded;
  }

  text(): string {
    const families: string[] = [];
    for (const [name, series] of this.#counters) families.push(familyText(name, counterSamples(series.values())));
    for (const [name, series] of this.#histograms) families.push(familyText(name, histogramSamples(name, series)));
    const folded = [...this.#folded].map(([metric, value]) => ({ labels: labelsText(['metric'], [metric]), value }));
    return families.join('') + familyText('signalbox_metrics_folded_total', folded);
  }

  #series<Value>(
    all: Map<MetricName, Map<string, Series<Value>>>,
    name: MetricName,
    values: readonly string[],
    make: () => Value,
  ): Value {
    let series = all.get(name);
    if (!series) all.set(name, (series = new Map()));
    const key = values.length === 1 ? (values[0] ?? '') : values.join('\n');
    const known = series.get(key);
    if (known) return known.value;
    const others = values.map(() => OTHER);
    const isOther = key === others.join('\n');
    if (series.size >= this.#maxSeries && !isOther) {
      this.#folded.set(name, (this.#folded.get(name) ?? 0) + 1);
      return this.#series(all, name, others, make);
    }
    const value = make();
    series.set(key, { labels: labelsText(METRICS[name].labels, values), value });
    return value;
  }
}

/** The first bound that is not below the amount. */
function firstAtLeast(bounds: readonly number[], amount: number): number {
  let index = 0;
  while (index < bounds.length && amount > (bounds[index] ?? Infinity)) index++;
  return index;
}

function counterSamples(series: Iterable<Series<Counter>>): Sample[] {
  return Array.from(series, ({ labels, value }) => ({ labels, value: value.total }));
}

/** Buckets are cumulative, and the last is all of them. */
function histogramSamples(name: MetricName, series: ReadonlyMap<string, Series<Histogram>>): Sample[] {
  const { buckets = [] }: Metric = METRICS[name];
  return [...series.values()].flatMap(({ labels, value: { counts, sum, count } }) => {
    const between = (bound: string) => `${labels}${labels && ','}le="${bound}"`;
    let below = 0;
    const lines = buckets.map((bound, index) => {
      below += counts[index] ?? 0;
      return { suffix: '_bucket', labels: between(numberText(bound)), value: below };
    });
    return [
      ...lines,
      { suffix: '_bucket', labels: between('+Inf'), value: count },
      { suffix: '_sum', labels, value: sum },
      { suffix: '_count', labels, value: count },
    ];
  });
}
