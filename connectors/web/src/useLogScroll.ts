/**
 * Scrolling of the log: a new message goes to the bottom; a reply is shown from its beginning, because a whole
 * guide is longer than a phone. Somebody who has scrolled up to read is left alone.
 */
import { nextTick, onBeforeUnmount, onMounted, watch, type Ref } from 'vue'
import type { Exchange } from './session'

const NEAR_PX = 160
const MARGIN_PX = 12

export function useLogScroll(log: Ref<HTMLElement | null>, exchanges: Ref<Exchange[]>): void {
  /** Whether the end was in sight when last looked, before a keyboard or a growing input took room away. */
  let nearEnd = true

  function look(): void {
    const el = log.value
    if (el) nearEnd = el.scrollHeight - el.scrollTop - el.clientHeight < NEAR_PX
  }

  function toEnd(): void {
    if (log.value) log.value.scrollTop = exchanges.value.length > 0 ? log.value.scrollHeight : 0
  }

  function toExchange(exchange: Exchange | undefined): void {
    const target = exchange && log.value?.querySelector<HTMLElement>(`[data-message-id="${exchange.messageId}"]`)
    if (log.value && target) log.value.scrollTop = target.offsetTop - MARGIN_PX
  }

  const resized =
    typeof ResizeObserver === 'function' ? new ResizeObserver(() => nearEnd && toEnd()) : null

  onMounted(async () => {
    log.value?.addEventListener('scroll', look, { passive: true })
    await document.fonts?.ready
    toExchange(exchanges.value[exchanges.value.length - 1])
    look()
    if (log.value) resized?.observe(log.value)
  })
  onBeforeUnmount(() => resized?.disconnect())

  watch(
    () => exchanges.value.length,
    () => void nextTick(toEnd),
  )
  watch(
    () => exchanges.value.map(({ state }) => state),
    async (now, before) => {
      const settled = now.findIndex((state, i) => before[i] === 'sending' && state !== 'sending')
      if (settled < 0 || !nearEnd) return
      await nextTick()
      toExchange(exchanges.value[settled])
    },
  )
}
