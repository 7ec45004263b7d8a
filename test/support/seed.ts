/** `SEED=7 npm test`: properties draw the same cases each time, as in CI. Without it every run draws anew. */
const seed = process.env.SEED;

if (seed) {
  const { default: fc } = await import('fast-check');
  fc.configureGlobal({ seed: Number(seed) });
}

export {};
