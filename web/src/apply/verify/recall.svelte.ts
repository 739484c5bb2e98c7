/**
 * What was typed and taken on this visit, to be looked through before it is submitted. It lies in this page's memory and
 * nowhere else: the service gives no picture and no number back, and a reload forgets it.
 */
import type { FileStep } from '../model'

interface Typed {
  name: string
  number: string
}

let owner = ''
let typed = $state.raw<Typed>()
let pictures = $state.raw<Partial<Record<FileStep, string>>>({})

/** Of another application there is nothing to be seen here. */
function of(application: string): void {
  if (application === owner) return
  forgetAll()
  owner = application
}

export function recallForm(application: string, form: Typed): void {
  of(application)
  typed = form
}

/** Takes a picture over; the address is made here, because the one on its screen ends with the screen. */
export function recallPicture(application: string, step: FileStep, blob: Blob): void {
  of(application)
  const before = pictures[step]
  if (before) URL.revokeObjectURL(before)
  pictures = { ...pictures, [step]: URL.createObjectURL(blob) }
}

export const recalled = {
  form(application: string | undefined): Typed | undefined {
    return application === owner ? typed : undefined
  },
  picture(application: string | undefined, step: string): string | undefined {
    return application === owner ? pictures[step as FileStep] : undefined
  },
}

/** After submitting, after signing out. */
export function forgetAll(): void {
  for (const url of Object.values(pictures)) URL.revokeObjectURL(url)
  owner = ''
  typed = undefined
  pictures = {}
}

/** Region, birth date and the rest apart, so that a slip is seen. */
export const grouped = (number: string): string => number.replace(/^(.{6})(.{8})(.+)$/, '$1 $2 $3')
