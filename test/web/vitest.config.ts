import { defineConfig } from 'vitest/config';

/** `npm run test:web`: apart from `npm test`, because it wants a browser. */
export default defineConfig({
  test: {
    include: ['test/web/**/*.web.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
