/**
 * The conversation: what was said, what the hall sent later, and a queue that sends one message at a time, in the
 * order of typing.
 * A message keeps its id for life, so sending it again never makes a second turn.
 */
import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'
import { postMessage, type PostMessage } from './api'
import type { InboxMessage, Option } from './contract'
import { randomId } from './ids'
import { isExchange, load, save, type Entry, type Exchange } from './session'
import { device, tab, type Store } from './storage'

const SENDER_KEY = 'wenban.sender'

export interface Conversation {
  entries: Ref<Entry[]>
  /** The entries that the citizen began. */
  exchanges: ComputedRef<Exchange[]>
  draft: Ref<string>
  /** Queues what was typed. The same words again after a failure are a retry. */
  say(text: string): void
  /** Queues a tapped button: its payload is sent, its title shown. Tapping again while it is on its way does nothing. */
  choose(option: Option): void
  /** Sends a failed message again, under the same id. */
  retry(messageId: string): void
  /** Puts a message's text back into the input, behind whatever is being typed there. */
  edit(messageId: string): void
  /** Whose conversation it is at the moment. */
  sender(): string
  /** Shows and keeps what came for a sender, at once: nobody else has it. What came for a conversation that was
   * cleared is dropped: it belongs to whoever was here before, and the next person must not read it. */
  receive(sender: string, messages: readonly InboxMessage[]): void
  /** A new conversation under a new sender id. */
  startOver(): void
}

interface Surroundings {
  post?: PostMessage
  deviceStore?: Store
  tabStore?: Store
}

function rememberedSender(store: Store): string {
  const sender = store.read(SENDER_KEY) ?? randomId()
  store.write(SENDER_KEY, sender)
  return sender
}

export function useConversation(around: Surroundings = {}): Conversation {
  const { post = postMessage, deviceStore = device, tabStore = tab } = around
  const saved = load(tabStore)
  const entries = ref<Entry[]>(saved.entries)
  const exchanges = computed(() => entries.value.filter(isExchange))
  const draft = ref(saved.draft)
  let line = { sender: rememberedSender(deviceStore), busy: false }

  const keep = (): void => save(tabStore, entries.value, draft.value)
  watch([entries, draft], keep, { deep: true })

  /** Empties the queue one by one. A line that was replaced by a new conversation drops its late answer. */
  async function sendWaiting(): Promise<void> {
    const mine = line
    if (mine.busy) return
    mine.busy = true
    for (let next = firstWaiting(); next; next = firstWaiting()) {
      Object.assign(next, { state: 'sending', failure: null })
      const message = { channel: 'web', sender: mine.sender, text: next.text, message_id: next.messageId } as const
      const outcome = await post(message)
      if (mine !== line) return
      const answered = 'turn' in outcome
      Object.assign(next, outcome, { state: answered ? 'answered' : 'failed' })
      if (!answered && outcome.failure.blocks) break
    }
    mine.busy = false
  }

  const firstWaiting = (): Exchange | undefined => exchanges.value.find(({ state }) => state === 'waiting')
  const find = (id: string): Exchange | undefined => exchanges.value.find(({ messageId }) => messageId === id)
  const isUnanswered = ({ state }: Exchange): boolean => state === 'waiting' || state === 'sending'

  function choose({ payload, title }: Option): void {
    const last = exchanges.value[exchanges.value.length - 1]
    if (last?.text !== payload.trim() || !isUnanswered(last)) say(payload, title)
  }

  function say(text: string, shown = text): void {
    const words = text.trim()
    if (words === '') return
    const last = exchanges.value[exchanges.value.length - 1]
    if (last?.text === words && last.failure?.remedy === 'retry') return retry(last.messageId)
    const blocked = exchanges.value.find(({ state, failure }) => state === 'failed' && failure?.blocks)
    if (blocked) blocked.state = 'waiting'
    entries.value.push({
      messageId: randomId(),
      text: words,
      shown: shown.trim(),
      state: 'waiting',
      turn: null,
      failure: null,
    })
    void sendWaiting()
  }

  function retry(messageId: string): void {
    const failed = find(messageId)
    if (failed?.state !== 'failed') return
    failed.state = 'waiting'
    void sendWaiting()
  }

  function edit(messageId: string): void {
    const text = find(messageId)?.text
    if (text) draft.value = draft.value ? `${draft.value}\n${text}` : text
  }

  function receive(sender: string, messages: readonly InboxMessage[]): void {
    if (sender !== line.sender) return
    entries.value.push(...messages.map(({ text, sent_at }) => ({ messageId: randomId(), text, sentAt: sent_at })))
    keep() // now, not with the next tick: a reload may come before it
  }

  function startOver(): void {
    deviceStore.remove(SENDER_KEY)
    line = { sender: rememberedSender(deviceStore), busy: false }
    entries.value = []
    draft.value = ''
  }

  void sendWaiting()
  return { entries, exchanges, draft, say, choose, retry, edit, sender: () => line.sender, receive, startOver }
}
