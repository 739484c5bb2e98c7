/**
 * Personal data in clear, one element at a time and for a short while. Everything is covered again when its time is
 * over, when the page is hidden or left, and after two minutes without a touch.
 */
import { request } from '../../shared/api'
import { left } from './now.svelte'
import { withFactor } from './stepup.svelte'

export type Element = 'name' | 'id_number' | 'fields' | 'portrait_side' | 'emblem_side' | 'selfie' | 'challenge' | 'evidence' | 'contact'
export const PURPOSES = ['decide', 'contact_person', 'compare', 'authority'] as const
export type Purpose = (typeof PURPOSES)[number]

const PICTURES: readonly Element[] = ['portrait_side', 'emblem_side', 'selfie', 'evidence']
const IDLE_MS = 120_000

interface Answer {
  value_base64: string
  until: string
  granted_until: string
  watermark: string
}

export interface Open {
  /** Of a text; of a challenge its record, JSON. */
  text?: string
  /** Of a picture. */
  picture?: Blob
  until: string
  watermark: string
}

function bytes(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}

export class Reveals {
  open = $state<Partial<Record<Element, Open>>>({})
  /** Set once it was asked for; asked for again when the grant is over. */
  purpose = $state<Purpose>()
  private granted: string | undefined
  /** On its way, by request; what is covered meanwhile stays covered when it comes. */
  private readonly coming = new Map<Element, symbol>()
  private touched = Date.now()

  constructor(private readonly id: string) {}

  get needsPurpose(): boolean {
    return this.purpose === undefined || left(this.granted) === 0
  }

  /** Answers whether it is shown or on its way. */
  async show(element: Element, purpose: Purpose): Promise<boolean> {
    if (this.coming.has(element)) return true
    const mine = Symbol()
    const body = { element, purpose }
    try {
      const answer = await withFactor(() => {
        this.coming.set(element, mine)
        return request<Answer>('POST', `/cases/${this.id}/reveal`, { body })
      })
      this.purpose = purpose
      this.granted = answer.granted_until
      const wanted = this.coming.get(element) === mine
      if (wanted) this.put(element, answer)
      return wanted
    } finally {
      if (this.coming.get(element) === mine) this.coming.delete(element)
    }
  }

  private put(element: Element, answer: Answer): void {
    const raw = bytes(answer.value_base64)
    const { until, watermark } = answer
    this.open[element] = PICTURES.includes(element)
      ? { picture: new Blob([raw]), until, watermark }
      : { text: new TextDecoder().decode(raw), until, watermark }
    this.touched = Date.now()
  }

  cover(element: Element): void {
    this.coming.delete(element)
    delete this.open[element]
  }

  coverAll(): void {
    for (const element of [...this.coming.keys(), ...(Object.keys(this.open) as Element[])]) this.cover(element)
  }

  /** Covers what must be covered by itself; answers how to stop. */
  watch(): () => void {
    const touch = () => (this.touched = Date.now())
    const away = () => this.coverAll()
    const hidden = () => document.hidden && this.coverAll()
    const timer = setInterval(() => {
      if (Date.now() - this.touched > IDLE_MS) this.coverAll()
      for (const element of Object.keys(this.open) as Element[]) {
        if (new Date(this.open[element]?.until ?? 0).getTime() <= Date.now()) this.cover(element)
      }
    }, 1000)
    addEventListener('pointerdown', touch)
    addEventListener('keydown', touch)
    addEventListener('blur', away)
    document.addEventListener('visibilitychange', hidden)
    return () => {
      clearInterval(timer)
      removeEventListener('pointerdown', touch)
      removeEventListener('keydown', touch)
      removeEventListener('blur', away)
      document.removeEventListener('visibilitychange', hidden)
      this.coverAll()
    }
  }
}
