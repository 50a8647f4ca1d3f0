/**
 * The Chinese font comes in pieces, fetched when a character first needs them. Two moments want care on a
 * machine without any Chinese font: the network is down (the notice must still be readable), and a piece
 * failed to load (the browser never asks for it again).
 */
import welcome from './welcome.json'
import { words } from './words'

const FAMILY = "'Noto Sans SC'"
const WEIGHTS = [400, 700]

/** All strings of a words object, functions asked with a sample number. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'function') return String((value as (sample: number) => unknown)(0))
  return value && typeof value === 'object' ? Object.values(value).map(textOf).join('') : ''
}

/** Fetches at once whatever the page's own words need, those of the notices included. */
export function preloadWords(): void {
  const text = textOf(words) + textOf(welcome)
  for (const weight of WEIGHTS) void document.fonts?.load(`${weight} 1em ${FAMILY}`, text).catch(() => undefined)
}

/** Puts the style sheets in again if a piece failed, which makes the browser ask for it once more. */
export function mendFonts(): void {
  if (!document.fonts || ![...document.fonts].some(({ status }) => status === 'error')) return
  for (const sheet of document.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]')) {
    const fresh = sheet.cloneNode() as HTMLLinkElement
    fresh.addEventListener('load', () => sheet.remove())
    fresh.addEventListener('error', () => fresh.remove())
    sheet.after(fresh)
  }
}
