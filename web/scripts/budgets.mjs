// Weighs the built pages as a browser receives them (gzip) and fails over budget.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const manifest = JSON.parse(readFileSync('dist/.vite/manifest.json', 'utf8'))
const weight = (file) => gzipSync(readFileSync(`dist/${file}`), { level: 9 }).length

/** Files of an entry: what it imports at once, and with `lazy` also what it imports later. */
function files(entry, { lazy }) {
  const scripts = new Set()
  const styles = new Set()
  const visit = (key) => {
    const chunk = manifest[key]
    if (scripts.has(chunk.file)) return
    scripts.add(chunk.file)
    for (const style of chunk.css ?? []) styles.add(style)
    for (const next of [...(chunk.imports ?? []), ...(lazy ? (chunk.dynamicImports ?? []) : [])]) visit(next)
  }
  visit(entry)
  return { scripts: [...scripts], styles: [...styles] }
}

// One language is loaded, never both: count the larger texts, Chinese.
const isOther = (file) => Object.entries(manifest).some(([key, chunk]) => chunk.file === file && key.includes('/locales/en/'))
const sum = (list) => list.filter((file) => !isOther(file)).reduce((total, file) => total + weight(file), 0)

let failed = false
function check(what, bytes, limit) {
  const ok = bytes <= limit * 1000
  failed ||= !ok
  console.log(`${ok ? '✓' : '✗'} ${what.padEnd(44)} ${(bytes / 1000).toFixed(1).padStart(6)} kB of ${limit}`)
}

const first = files('index.html', { lazy: false })
const start = new Set(first.scripts)
// The first screen also waits for its own texts and its own screen.
const firstLazy = Object.entries(manifest)
  .filter(([key]) => /locales\/zh-CN\/(shared|apply)\.json$|screens\/Welcome\.svelte$/.test(key))
  .flatMap(([key]) => files(key, { lazy: false }).scripts)
const all = files('index.html', { lazy: true })
check('applicant, first screen: scripts', sum([...new Set([...start, ...firstLazy])]), 60)
check('applicant, everything: scripts', sum(all.scripts), 120)
check('applicant, everything: styles', sum(all.styles), 15)
check('applicant: page', weight('index.html'), 10)
for (const [key, chunk] of Object.entries(manifest)) {
  if (/locales\/.*\/apply\.json$/.test(key)) check(`texts: ${key.replace('src/locales/', '')}`, weight(chunk.file), 12)
}
// A page without scripts of its own is not in the manifest.
if (manifest['console.html']) check('console, everything: scripts', sum(files('console.html', { lazy: true }).scripts), 250)
if (failed) process.exit(1)
