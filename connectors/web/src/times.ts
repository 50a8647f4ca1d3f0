/** Times of the hall, whatever zone the citizen's machine is set to. */
import { words } from './words'

/** China has one zone and no summer time. */
const CHINA_MS = 8 * 3_600_000

/** 11月22日 14:05; empty for what is no time. */
export function hallTime(iso: string): string {
  const time = new Date(Date.parse(iso) + CHINA_MS)
  if (Number.isNaN(time.getTime())) return ''
  return words.moment(time.getUTCMonth() + 1, time.getUTCDate(), time.toISOString().slice(11, 16))
}
