import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

/** The service that `npm run dev` speaks to. */
const api = process.env.SHIMING_API ?? 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [
    svelte(),
    {
      // In production the server does this; see crates/server/src/web.
      name: 'console-page',
      configureServer(server) {
        server.middlewares.use((request, _, next) => {
          if (/^\/(console|staff)(\/|\?|$)/.test(request.url ?? '')) request.url = '/console.html'
          next()
        })
      },
    },
    {
      // Packed once here instead of at every request; the server embeds and chooses.
      name: 'packed',
      apply: 'build',
      closeBundle() {
        for (const file of readdirSync('dist', { recursive: true, encoding: 'utf8' })) {
          if (file.startsWith('.') || !/\.(html|js|css|json|svg|txt)$/.test(file)) continue
          const bytes = readFileSync(`dist/${file}`)
          writeFileSync(`dist/${file}.br`, brotliCompressSync(bytes))
          writeFileSync(`dist/${file}.gz`, gzipSync(bytes, { level: 9 }))
        }
      },
    },
  ],
  server: { proxy: { '/api': api } },
  build: {
    target: 'es2022',
    // The server checks what it embeds against the manifest: an absent file must not be found by a user.
    manifest: true,
    // `data:` addresses are not in our content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      input: { apply: 'index.html', console: 'console.html' },
      output: {
        // What three or more screens share would be a file each; on a slow network every request costs more than its bytes.
        codeSplitting: {
          groups: [
            { name: 'shared', test: /\/(node_modules|src\/shared)\//, minShareCount: 3 },
            { name: 'parts', test: /\/src\/apply\/(parts|[a-z.]+\.ts)/, minShareCount: 3 },
          ],
        },
      },
    },
  },
  test: { include: ['src/**/*.test.ts'] },
})
