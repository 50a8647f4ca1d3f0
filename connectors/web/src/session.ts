/** The conversation as kept in the tab's store: what was said, what is still to be sent, and the draft. */
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

const KEY = 'wenban.conversation.1'
const KEPT = 60

export function save(store: Store, exchanges: readonly Exchange[], draft: string): void {
  if (exchanges.length === 0 && draft === '') store.remove(KEY)
  else store.write(KEY, JSON.stringify({ exchanges: exchanges.slice(-KEPT), draft }))
}

/** What an earlier load of the page left. A message that was on its way is put back into the queue under its old id. */
export function load(store: Store): { exchanges: Exchange[]; draft: string } {
  try {
    const saved = JSON.parse(store.read(KEY) ?? '{}') as { exchanges?: Exchange[]; draft?: string }
    return { exchanges: (saved.exchanges ?? []).map(revive), draft: saved.draft ?? '' }
  } catch {
    return { exchanges: [], draft: '' }
  }
}

function revive(saved: Exchange): Exchange {
  const turn = parseTurn(saved.turn)
  if (turn) return { ...saved, turn, state: 'answered' }
  return { ...saved, turn: null, state: saved.failure ? 'failed' : 'waiting' }
}
