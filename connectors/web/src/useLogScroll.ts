/**
 * Scrolling of the log: a new message of the citizen goes to the bottom; what comes from the hall is shown from its
 * beginning, because a whole guide is longer than a phone. Somebody who has scrolled up to read is left alone, and
 * told of what came later by itself.
 */
import { nextTick, onBeforeUnmount, onMounted, ref, watch, type Ref } from 'vue'
import { isExchange, isHallMessage, type Entry } from './session'

const NEAR_PX = 160
const MARGIN_PX = 12

export interface LogScroll {
  /** Whether hall messages came that are still out of sight, below. */
  unseen: Ref<boolean>
  toEnd(): void
}

export function useLogScroll(log: Ref<HTMLElement | null>, entries: Ref<Entry[]>): LogScroll {
  /** Whether the end was in sight when last looked, before a keyboard or a growing input took room away. */
  let nearEnd = true
  const unseen = ref(false)

  function look(): void {
    const el = log.value
    if (el) nearEnd = el.scrollHeight - el.scrollTop - el.clientHeight < NEAR_PX
    if (nearEnd) unseen.value = false
  }

  function toEnd(): void {
    unseen.value = false
    if (log.value) log.value.scrollTop = entries.value.length > 0 ? log.value.scrollHeight : 0
  }

  function toEntry(entry: Entry | undefined): void {
    const target = entry && log.value?.querySelector<HTMLElement>(`[data-message-id="${entry.messageId}"]`)
    if (log.value && target) log.value.scrollTop = target.offsetTop - MARGIN_PX
  }

  const resized =
    typeof ResizeObserver === 'function' ? new ResizeObserver(() => nearEnd && toEnd()) : null

  onMounted(async () => {
    log.value?.addEventListener('scroll', look, { passive: true })
    await document.fonts?.ready
    toEntry(entries.value[entries.value.length - 1])
    look()
    if (log.value) resized?.observe(log.value)
  })
  onBeforeUnmount(() => resized?.disconnect())

  watch(
    () => entries.value.length,
    async (now, before) => {
      const added = entries.value.slice(before)
      await nextTick()
      if (now < before || added.some(isExchange)) toEnd()
      else if (nearEnd) toEntry(added[0])
      else unseen.value = true
    },
  )
  watch(
    () => entries.value.map((entry) => (isHallMessage(entry) ? null : entry.state)),
    async (now, before) => {
      const settled = now.findIndex((state, i) => before[i] === 'sending' && state !== 'sending')
      if (settled < 0 || !nearEnd) return
      await nextTick()
      toEntry(entries.value[settled])
    },
  )
  return { unseen, toEnd }
}
