/**
 * Asks for what the hall sends later, while somebody looks at the page: often after something was said, seldom
 * otherwise, ever more seldom while it fails. The citizen is not told of a failure: it took nothing from him.
 */
import { onScopeDispose, watch } from 'vue'
import { readInbox, type ReadInbox } from './api'
import type { Conversation } from './useConversation'

const OFTEN_MS = 4_000
const SELDOM_MS = 30_000
const LONGEST_MS = 120_000
/** How long after the last message of either side the next one is likely. */
const LIVELY_MS = 10 * 60_000

export function useInbox(talk: Conversation, read: ReadInbox = readInbox): void {
  let livelyUntil = talk.entries.value.length > 0 ? Date.now() + LIVELY_MS : 0
  let failures = 0
  let asking = false
  let again = false
  let stopped = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const isWatched = (): boolean => !stopped && document.visibilityState === 'visible'

  /** Asks now, or, while a question is on its way, right after it. One that is on its way is never broken off,
   * hidden page or not: the server gives its messages once. */
  async function look(): Promise<void> {
    clearTimeout(timer)
    if (!isWatched()) return
    again = asking
    if (asking) return
    asking = true
    const sender = talk.sender()
    const messages = await read(sender)
    asking = false
    failures = messages ? 0 : failures + 1
    if (messages) talk.receive(sender, messages)
    if (again) void look()
    else if (isWatched()) timer = setTimeout(look, pause())
  }

  function pause(): number {
    const usual = Date.now() < livelyUntil ? OFTEN_MS : SELDOM_MS
    return Math.min(usual * 2 ** failures, LONGEST_MS)
  }

  const answered = (): number => talk.exchanges.value.filter(({ state }) => state === 'answered').length

  watch(
    () => [talk.entries.value.length, answered()] as const,
    ([length, turns], [lengthBefore, turnsBefore]) => {
      if (length === 0) livelyUntil = 0
      else if (length > lengthBefore || turns > turnsBefore) livelyUntil = Date.now() + LIVELY_MS
      if (turns > turnsBefore) void look()
    },
    { flush: 'sync' }, // before the next pause is reckoned
  )

  function onVisibility(): void {
    if (isWatched()) void look()
    else clearTimeout(timer)
  }

  document.addEventListener('visibilitychange', onVisibility)
  onScopeDispose(() => {
    stopped = true
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', onVisibility)
  })
  void look()
}
