import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/{sync,screens,package}_*.test.ts'],
    // Threads end with the process, also when it is killed.
    pool: 'threads',
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
