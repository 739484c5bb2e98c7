// Texts: the same keys and placeholders in both languages, and none that nobody uses.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const LOCALES = 'src/locales'
const faults = []
const read = (locale, file) => JSON.parse(readFileSync(join(LOCALES, locale, file), 'utf8'))
const forms = (text) => (typeof text === 'string' ? [text] : Object.values(text))
const holes = (text) => [...new Set(forms(text).flatMap((form) => form.match(/\{\w+\}/g) ?? []))].sort().join()
const files = readdirSync(join(LOCALES, 'zh-CN'))
if (files.join() !== readdirSync(join(LOCALES, 'en')).join()) faults.push('the languages have different files')

const sources = readdirSync('src', { recursive: true })
  .filter((file) => /\.(svelte|ts)$/.test(file))
  .map((file) => readFileSync(join('src', file), 'utf8'))
  .join('\n')
// `t(`step.${name}`)` uses every key that begins with `step.`.
const open = [...sources.matchAll(/`([\w.-]*[._])\$\{/g)].map((found) => found[1])
const used = (key) => sources.includes(`'${key}'`) || open.some((start) => key.startsWith(start))

for (const file of files) {
  const [zh, en] = [read('zh-CN', file), read('en', file)]
  for (const key of new Set([...Object.keys(zh), ...Object.keys(en)])) {
    if (!(key in zh)) faults.push(`${file}: ${key} has no Chinese`)
    else if (!(key in en)) faults.push(`${file}: ${key} has no English`)
    else if (holes(zh[key]) !== holes(en[key])) faults.push(`${file}: ${key} has other placeholders`)
    if (!used(key)) faults.push(`${file}: ${key} is used nowhere`)
  }
}
for (const fault of faults) console.error(fault)
if (faults.length > 0) process.exit(1)
console.log(`texts: ${files.length} areas in two languages agree`)
