/** The sources line under a reply: one line a guide, however many of its disclosures were used. */
import { DISCLOSURES, type Disclosure, type Source, type Turn } from './contract'
import { words } from './words'

/** As grouped for one line: `parts` are the labels of the disclosures, in the order of use, without repeats. */
export interface SourceGroup {
  key: string
  title: string
  parts: string[]
  checkedOn: string | null
}

const isDisclosure = (value: string): value is Disclosure => (DISCLOSURES as readonly string[]).includes(value)

function labelOf(disclosure: string, cardLabels: Map<string, string>): string | null {
  return cardLabels.get(disclosure) ?? (isDisclosure(disclosure) ? words.disclosures[disclosure] : null)
}

/** The labels that the turn's own cards use, so that the sources line speaks the same words. */
function labelsOnCards(turn: Turn): Map<string, string> {
  const labels = new Map<string, string>()
  for (const reply of turn.replies) {
    if (reply.type !== 'card') continue
    for (const field of reply.fields) {
      if (field.disclosure && field.label) labels.set(field.disclosure, field.label)
    }
  }
  return labels
}

/** Groups by guide (or FAQ entry) and day of check: two days are never merged into one claim. */
export function groupSources(turn: Turn): SourceGroup[] {
  const labels = labelsOnCards(turn)
  const groups = new Map<string, { first: Source; used: Set<string> }>()
  for (const source of turn.sources) {
    const key = [source.kind, source.id || source.title, source.checked_on ?? ''].join('|')
    const group = groups.get(key) ?? { first: source, used: new Set<string>() }
    if (source.disclosure) group.used.add(source.disclosure)
    groups.set(key, group)
  }
  return [...groups].map(([key, { first, used }]) => ({
    key,
    title: [words.sourceKinds[first.kind], first.title || first.id].filter(Boolean).join('：'),
    parts: partsOf(used, labels),
    checkedOn: first.checked_on,
  }))
}

function partsOf(used: Set<string>, labels: Map<string, string>): string[] {
  if (DISCLOSURES.every((disclosure) => used.has(disclosure))) return [words.allDisclosures]
  return [...used].map((disclosure) => labelOf(disclosure, labels)).filter((label): label is string => !!label)
}

/** 居民身份证遗失补领 · 申报材料、收费标准 · 2026-11-01核对 */
export function sourceText(group: SourceGroup): string {
  const day = group.checkedOn ? words.checkedOn(group.checkedOn) : ''
  return [group.title, group.parts.join('、'), day].filter(Boolean).join(' · ')
}
