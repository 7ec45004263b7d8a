/** Round steps for an axis that begins at zero. */
export interface Scale {
  max: number;
  ticks: readonly number[];
}

export function scaleOf(highest: number, steps = 4): Scale {
  if (!(highest > 0)) return { max: 1, ticks: [0] };
  const rough = highest / steps;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * size >= rough) ?? 10) * size;
  const amount = Math.ceil(highest / step - 1e-9);
  const ticks = Array.from({ length: amount + 1 }, (_, index) => index * step);
  return { max: amount * step, ticks };
}
