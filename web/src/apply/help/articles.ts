/** The help centre's articles: one file for each language, fetched when somebody asks for help. */
import type { Locale } from '../../shared/i18n.svelte'

export interface Article {
  id: string
  title: string
  /** Words people search with that the text does not use. */
  words: string
  parts: { title?: string; text?: string[]; list?: string[] }[]
}

export async function articles(locale: Locale): Promise<Article[]> {
  return ((await import(`./${locale}.json`)) as { default: Article[] }).default
}

/** Articles that hold every word, titles first. */
export function search(all: Article[], wanted: string): Article[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean)
  const text = (article: Article) => JSON.stringify(article).toLowerCase()
  const found = all.filter((article) => words.every((word) => text(article).includes(word)))
  const inTitle = (article: Article) => words.some((word) => article.title.toLowerCase().includes(word))
  return words.length === 0 ? found : [...found.filter(inTitle), ...found.filter((article) => !inTitle(article))]
}
