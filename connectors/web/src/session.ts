/** The conversation as kept in the tab's store: what was said, what is still to be sent, what came later, the draft. */
import type { Failure } from './api'
import type { Turn } from './contract'
import { parseTurn } from './parse'
import type { Store } from './storage'

/** waiting: in the queue; sending: on its way; answered: has its turn; failed: has its failure. */
export type ExchangeState = 'waiting' | 'sending' | 'answered' | 'failed'

/** One message of the citizen and what came of it. `shown` differs from `text` for tapped options. */
export interface Exchange {
  messageId: string
  text: string
  shown: string
  state: ExchangeState
  turn: Turn | null
  failure: Failure | null
}

/** What the hall sent later, by itself. The server gives it once, so this is the only copy. */
export interface HallMessage {
  /** Made by the page; the server gives none. */
  messageId: string
  text: string
  sentAt: string
}

/** What stands in the log, from top to bottom. */
export type Entry = Exchange | HallMessage

export const isHallMessage = (entry: Entry): entry is HallMessage => 'sentAt' in entry
export const isExchange = (entry: Entry): entry is Exchange => !isHallMessage(entry)

const KEY = 'wenban.conversation.1'
const KEPT = 60

/** As stored; `exchanges` is what the page wrote before there were hall messages. */
interface Saved {
  entries?: Entry[]
  exchanges?: Exchange[]
  draft?: string
}

export function save(store: Store, entries: readonly Entry[], draft: string): void {
  if (entries.length === 0 && draft === '') store.remove(KEY)
  else store.write(KEY, JSON.stringify({ entries: entries.slice(-KEPT), draft } satisfies Saved))
}

/** What an earlier load of the page left. A message that was on its way is put back into the queue under its old id. */
export function load(store: Store): { entries: Entry[]; draft: string } {
  try {
    const saved = JSON.parse(store.read(KEY) ?? '{}') as Saved
    return { entries: (saved.entries ?? saved.exchanges ?? []).map(revive), draft: saved.draft ?? '' }
  } catch {
    return { entries: [], draft: '' }
  }
}

function revive(saved: Entry): Entry {
  if (isHallMessage(saved)) return saved
  const turn = parseTurn(saved.turn)
  if (turn) return { ...saved, turn, state: 'answered' }
  return { ...saved, turn: null, state: saved.failure ? 'failed' : 'waiting' }
}
