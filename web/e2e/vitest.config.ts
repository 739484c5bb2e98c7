import { defineConfig } from 'vitest/config'

/** In a real browser against the real program; one after the other, because the machine is shared. */
export default defineConfig({
  test: {
    include: ['e2e/**/*.e2e.ts'],
    globalSetup: 'e2e/films.ts',
    // Well above what a single wait may take, so that it is the wait that says what was missing.
    testTimeout: 600_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 30_000 } },
    fileParallelism: false,
  },
})
