import { defineConfig } from 'vitest/config'

/** One after the other and for long: every screen is loaded several times as a mid-range phone would load it. */
export default defineConfig({
  test: { include: ['lighthouse/*.measure.ts'], testTimeout: 1_800_000, hookTimeout: 120_000, fileParallelism: false },
})
