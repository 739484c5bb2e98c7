import { defineConfig } from 'vitest/config'

/** In a real browser against the real program; one after the other, because the machine is shared. A camera, a socket and
 *  a busy machine in one test now and then miss each other: what fails once is tried once more, and the report says so. */
export default defineConfig({
  test: { include: ['e2e/**/*.e2e.ts'], testTimeout: 240_000, hookTimeout: 120_000, fileParallelism: false, retry: 1 },
})
