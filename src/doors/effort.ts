/** Tokens of thinking from which on it is called so: Claude Code's own steps are 4,000, 10,000 and 31,999. */
const EFFORTS = [
  { effort: 'high', fromTokens: 16_384 },
  { effort: 'medium', fromTokens: 8_192 },
  { effort: 'low', fromTokens: 0 },
] as const;

/** A budget of thinking in the word that models know who count no tokens of it. */
export function effortOf(tokens: number): (typeof EFFORTS)[number]['effort'] {
  return EFFORTS.find(({ fromTokens }) => tokens >= fromTokens)?.effort ?? 'low';
}
