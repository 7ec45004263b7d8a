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

interface Node<Value> {
  series: Series<Value> | undefined;
  readonly next: Map<string, Node<Value>>;
}

/** A metric's series, found label by label: a text of all labels would be made anew for every observation. */
class Family<Value> {
  readonly all: Series<Value>[] = [];
  readonly #root: Node<Value> = { series: undefined, next: new Map() };

  find(values: readonly string[]): Value | undefined {
    let node: Node<Value> | undefined = this.#root;
    for (const value of values) node = node?.next.get(value);
    return node?.series?.value;
  }

  add(values: readonly string[], series: Series<Value>): void {
    let node = this.#root;
    for (const value of values) {
      const next: Node<Value> = node.next.get(value) ?? { series: undefined, next: new Map() };
      node.next.set(value, next);
      node = next;
    }
    node.series = series;
    this.all.push(series);
  }
}

type Families<Value> = Map<MetricName, Family<Value>>;

export class Registry {
  readonly #maxSeries: number;
  readonly #counters: Families<Counter> = new Map();
  readonly #histograms: Families<Histogram> = new Map();
  readonly #folded = new Map<MetricName, number>();

  constructor(maxSeries = MAX_SERIES) {
    this.#maxSeries = maxSeries;
  }

  count(name: NamesOf<'counter'>, values: readonly string[], amount = 1): void {
    const known = this.#counters.get(name)?.find(values);
    const counter = known ?? this.#series(this.#counters, name, { values, make: () => ({ total: 0 }) });
    counter.total += amount;
  }

  observe(name: NamesOf<'histogram'>, values: readonly string[], amount: number): void {
    const { buckets } = METRICS[name];
    const make = () => ({ counts: new Float64Array(buckets.length), sum: 0, count: 0 });
    const known = this.#histograms.get(name)?.find(values);
    const histogram = known ?? this.#series(this.#histograms, name, { values, make });
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
    for (const [name, { all }] of this.#counters) families.push(familyText(name, counterSamples(all)));
    for (const [name, { all }] of this.#histograms) families.push(familyText(name, histogramSamples(name, all)));
    const folded = [...this.#folded].map(([metric, value]) => ({ labels: labelsText(['metric'], [metric]), value }));
    return families.join('') + familyText('signalbox_metrics_folded_total', folded);
  }

  /** A new one, or `other` where there are too many. */
  #series<Value>(
    families: Families<Value>,
    name: MetricName,
    { values, make }: { values: readonly string[]; make: () => Value },
  ): Value {
    const family = families.get(name) ?? new Family<Value>();
    families.set(name, family);
    const isTooMany = family.all.length >= this.#maxSeries && values.some((value) => value !== OTHER);
    if (isTooMany) this.#folded.set(name, (this.#folded.get(name) ?? 0) + 1);
    const labelled = isTooMany ? values.map(() => OTHER) : values;
    const known = family.find(labelled);
    if (known) return known;
    const value = make();
    family.add(labelled, { labels: labelsText(METRICS[name].labels, labelled), value });
    return value;
  }
}

/** The first bound that is not below the amount. */
function firstAtLeast(bounds: readonly number[], amount: number): number {
  let index = 0;
  while (index < bounds.length && amount > (bounds[index] ?? Infinity)) index++;
  return index;
}

function counterSamples(all: readonly Series<Counter>[]): Sample[] {
  return all.map(({ labels, value }) => ({ labels, value: value.total }));
}

/** Buckets are cumulative, and the last is all of them. */
function histogramSamples(name: MetricName, all: readonly Series<Histogram>[]): Sample[] {
  const { buckets = [] }: Metric = METRICS[name];
  return all.flatMap(({ labels, value: { counts, sum, count } }) => {
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
