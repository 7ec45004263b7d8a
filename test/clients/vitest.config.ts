import { defineConfig } from 'vitest/config';

/** `npm run test:clients`: apart from `npm test`, because the clients weigh a gigabyte. */
export default defineConfig({
  test: {
    include: ['test/clients/**/*.client.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
