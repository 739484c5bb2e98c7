/** Light, dark, or as the device says. */
export type Theme = 'auto' | 'light' | 'dark'
const KEPT = 'shiming.theme'

let current = $state<Theme>(read())

function read(): Theme {
  const kept = localStorage.getItem(KEPT)
  return kept === 'light' || kept === 'dark' ? kept : 'auto'
}

export function theme(): Theme {
  return current
}

export function setTheme(next: Theme): void {
  current = next
  if (next === 'auto') localStorage.removeItem(KEPT)
  else localStorage.setItem(KEPT, next)
  applyTheme()
}

/** Tells the style sheet; before anything is drawn. */
export function applyTheme(): void {
  if (current === 'auto') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = current
}
