/**
 * The yardsticks of "cheap or strong?" (RouteLLM, arXiv 2406.18665). Prompts go to the strong model by falling score;
 * after a share `a` of them the share PGR(a) of the gap between always-weak and always-strong is closed.
 */
export interface Ranking {
  /** The strongest first. */
  order: Uint32Array;
  /** 1 where the next in the order has the same score. */
  tied: Uint8Array;
}

export function rank(scores: ArrayLike<number>): Ranking {
  const order = Uint32Array.from({ length: scores.length }, (_, at) => at);
  order.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
  const tied = new Uint8Array(scores.length);
  for (let at = 0; at + 1 < order.length; at += 1) {
    tied[at] = scores[order[at] ?? 0] === scores[order[at + 1] ?? 0] ? 1 : 0;
  }
  return { order, tied };
}

/** From (0, 0) to (1, 1), by straight lines. */
export interface Curve {
  /** Share of prompts that went to the strong model. */
  share: Float64Array;
  /** Share of the gap that they closed. */
  recovered: Float64Array;
  points: number;
}

/**
 * The exact curve. Prompts with one score come in no order: their gain is spread evenly over them, which is what any
 * order gives in expectation. `counts` says how often each prompt was drawn. Undefined where the strong model gains
 * nothing in all.
 */
export function gainCurve(
  { order, tied }: Ranking,
  gains: ArrayLike<number>,
  counts?: ArrayLike<number>,
): Curve | undefined {
  let total = 0;
  let size = 0;
  for (let at = 0; at < order.length; at += 1) {
    const count = counts?.[at] ?? 1;
    total += count * (gains[at] ?? 0);
    size += count;
  }
  if (!(total > 0)) return undefined;
  const curve: Curve = {
    share: new Float64Array(order.length + 1),
    recovered: new Float64Array(order.length + 1),
    points: 1,
  };
  let sum = 0;
  let drawn = 0;
  for (let at = 0; at < order.length; at += 1) {
    const prompt = order[at] ?? 0;
    const count = counts?.[prompt] ?? 1;
    sum += count * (gains[prompt] ?? 0);
    drawn += count;
    if (tied[at]) continue;
    curve.share[curve.points] = drawn / size;
    curve.recovered[curve.points] = sum / total;
    curve.points += 1;
  }
  return curve;
}

/** The area under the curve: 0.5 for chance. */
export function apgr({ share, recovered, points }: Curve): number {
  let area = 0;
  for (let at = 1; at < points; at += 1) {
    area += (((recovered[at - 1] ?? 0) + (recovered[at] ?? 0)) / 2) * ((share[at] ?? 0) - (share[at - 1] ?? 0));
  }
  return area;
}

/** CPT: the smallest share of prompts that closes so much of the gap, where the curve crosses it first. */
export function callsFor(gap: number, { share, recovered, points }: Curve): number {
  for (let at = 1; at < points; at += 1) {
    const to = recovered[at] ?? 0;
    if (to < gap) continue;
    const from = recovered[at - 1] ?? 0;
    const start = share[at - 1] ?? 0;
    return start + ((gap - from) / (to - from)) * ((share[at] ?? 0) - start);
  }
  return 1;
}

/** How often a positive stands above a negative; ties count half. */
export function auc(positives: readonly number[], negatives: readonly number[]): number {
  let wins = 0;
  for (const positive of positives) {
    for (const negative of negatives) wins += positive > negative ? 1 : positive === negative ? 0.5 : 0;
  }
  return wins / (positives.length * negatives.length);
}
