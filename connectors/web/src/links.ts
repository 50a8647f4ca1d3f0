/** Addresses inside a sentence, found so that they can be made links. */
import { isSafeLink } from './parse'

/** A piece of a sentence; `url` is null for plain words. */
export interface Piece {
  text: string
  url: string | null
}

/** Web addresses, and our own downloads (/d/…). Only ASCII: Chinese words and punctuation around one are not of it. */
const ADDRESS = /\bhttps?:\/\/[\w.~:/?#[\]@!$&'()*+,;=%-]+|\/d\/[\w-]+/gi
/** What closes a sentence or a bracket is hardly the end of an address. */
const TAIL = /[.,;:!?'()[\]]+$/
/** After one of these, /d/ is the middle of another path. (A look-behind would break the page on older iPhones.) */
const INSIDE = /[\w.~:/?#=&%-]$/

export function splitLinks(text: string): Piece[] {
  const pieces: Piece[] = []
  let end = 0
  const addPlain = (to: number): void => {
    if (to > end) pieces.push({ text: text.slice(end, to), url: null })
  }
  for (const match of text.matchAll(ADDRESS)) {
    const url = match[0].replace(TAIL, '')
    const isPart = url.startsWith('/') && INSIDE.test(text.slice(0, match.index))
    if (isPart || /^https?:\/*$/i.test(url) || !isSafeLink(url)) continue
    addPlain(match.index)
    pieces.push({ text: url, url })
    end = match.index + url.length
  }
  addPlain(text.length)
  return pieces
}
