import { defineConfig } from 'vitest/config'

/** In a real browser against the real program; one after the other, because the machine is shared. */
export default defineConfig({
  test: { include: ['e2e/**/*.e2e.ts'], testTimeout: 240_000, hookTimeout: 120_000, fileParallelism: false },
})
