/** Counts by provider, printed once a file. */
export class Tally {
  readonly #what: string;
  readonly #counts = new Map<string, { passed: number; excepted: number }>();

  constructor(what: string) {
    this.#what = what;
  }

  passed(provider: string): void {
    this.#of(provider).passed++;
  }

  excepted(provider: string): void {
    this.#of(provider).excepted++;
  }

  print(): void {
    const rows = [...this.#counts].sort(([a], [b]) => a.localeCompare(b));
    const lines = rows.map(
      ([provider, { passed, excepted }]) => `${provider.padEnd(12)}${cell(passed)}${cell(excepted)}`,
    );
    const sum = (of: 'passed' | 'excepted') => rows.reduce((total, [, counts]) => total + counts[of], 0);
    const head = `${`recorded ${this.#what}`.padEnd(12)} passed excepted`;
    const total = `${'all'.padEnd(12)}${cell(sum('passed'))}${cell(sum('excepted'))}`;
    if (rows.length > 0) console.log([head, ...lines, total].join('\n'));
  }

  #of(provider: string): { passed: number; excepted: number } {
    const known = this.#counts.get(provider) ?? { passed: 0, excepted: 0 };
    this.#counts.set(provider, known);
    return known;
  }
}

function cell(count: number): string {
  return String(count).padStart(8);
}
