import { nextTick } from 'vue'
import { expect, test, vi } from 'vitest'
import type { Failure, Outcome } from '../src/api'
import type { InboxMessage, Turn, UserMessage } from '../src/contract'
import { isHallMessage } from '../src/session'
import { memoryStore } from '../src/storage'
import { useConversation, type Conversation } from '../src/useConversation'

const down: Failure = { title: '没有送达', detail: '', remedy: 'retry', blocks: true }
const broken: Failure = { ...down, blocks: false }
const turn = (text: string): Turn => ({
  turn_id: text,
  status: 'answered.smalltalk',
  replies: [{ type: 'text', text }],
  sources: [],
})

/** A server whose answers the test gives one by one. */
function desk() {
  const sent: UserMessage[] = []
  const open: ((outcome: Outcome) => void)[] = []
  const post = (message: UserMessage): Promise<Outcome> => {
    sent.push(message)
    return new Promise((resolve) => open.push(resolve))
  }
  async function answer(outcome: Outcome = { turn: turn('好') }): Promise<void> {
    open.shift()?.(outcome)
    await new Promise((resolve) => setTimeout(resolve))
  }
  const stores = { deviceStore: memoryStore(), tabStore: memoryStore() }
  const talk = useConversation({ post, ...stores })
  const states = (): string[] => talk.exchanges.value.map(({ state }) => state)
  return { ...talk, sent, answer, states, stores, post }
}

const texts = (messages: UserMessage[]): string[] => messages.map(({ text }) => text)

test('one message at a time, in the order of typing', async () => {
  const { say, sent, answer, states } = desk()
  say(' 一 ')
  say('二')
  say('三')
  expect(texts(sent)).toEqual(['一'])
  expect(states()).toEqual(['sending', 'waiting', 'waiting'])
  await answer()
  await answer()
  expect(texts(sent)).toEqual(['一', '二', '三'])
  await answer()
  expect(states()).toEqual(['answered', 'answered', 'answered'])
  expect(new Set(sent.map(({ message_id }) => message_id)).size).toBe(3)
  expect(new Set(sent.map(({ sender }) => sender)).size).toBe(1)
})

test('without a network the queue waits; the retry has the same id and comes first', async () => {
  const { say, retry, sent, answer, states, exchanges } = desk()
  say('一')
  say('二')
  await answer({ failure: down })
  expect(states()).toEqual(['failed', 'waiting'])
  expect(sent).toHaveLength(1)
  retry(exchanges.value[0]!.messageId)
  await answer()
  await answer()
  expect(texts(sent)).toEqual(['一', '一', '二'])
  expect(sent[1]!.message_id).toBe(sent[0]!.message_id)
  expect(states()).toEqual(['answered', 'answered'])
})

test('a new message takes a blocked one along, in order', async () => {
  const { say, sent, answer } = desk()
  say('一')
  await answer({ failure: down })
  say('二')
  await answer()
  expect(texts(sent)).toEqual(['一', '一', '二'])
})

test('typing the failed words again is a retry, not a second message', async () => {
  const { say, sent, answer, exchanges } = desk()
  say('一')
  await answer({ failure: down })
  say('一')
  expect(exchanges.value).toHaveLength(1)
  expect(sent[1]!.message_id).toBe(sent[0]!.message_id)
})

test('a fault of one message does not hold up the next', async () => {
  const { say, sent, answer, states } = desk()
  say('一')
  say('二')
  await answer({ failure: broken })
  await answer()
  expect(texts(sent)).toEqual(['一', '二'])
  expect(states()).toEqual(['failed', 'answered'])
})

test('a tapped option sends its payload and shows its title, once', async () => {
  const { choose, sent, exchanges } = desk()
  choose({ payload: 'GA-003', title: '居民身份证遗失补领' })
  choose({ payload: 'GA-003', title: '居民身份证遗失补领' })
  expect(texts(sent)).toEqual(['GA-003'])
  expect(exchanges.value.map(({ shown }) => shown)).toEqual(['居民身份证遗失补领'])
})

test('a reload loses nothing: what was on its way goes out again under its id', async () => {
  const { say, draft, sent, stores } = desk()
  say('一')
  say('二')
  draft.value = '写到一半'
  await nextTick()
  const post = vi.fn((_: UserMessage) => new Promise<Outcome>(() => undefined))
  const again = useConversation({ post, ...stores })
  expect(again.draft.value).toBe('写到一半')
  expect(again.exchanges.value.map(({ text }) => text)).toEqual(['一', '二'])
  expect(post.mock.calls[0]![0]).toEqual(sent[0])
})

test('starting over takes a new sender and drops a late answer', async () => {
  const { say, startOver, sent, answer, exchanges } = desk()
  say('一')
  startOver()
  await answer({ turn: turn('迟到') })
  expect(exchanges.value).toEqual([])
  say('二')
  expect(sent[1]!.sender).not.toBe(sent[0]!.sender)
})

test('edit puts the words back without harming the draft', async () => {
  const { say, edit, draft, exchanges } = desk()
  say('太长的话')
  draft.value = '新写的'
  edit(exchanges.value[0]!.messageId)
  expect(draft.value).toBe('新写的\n太长的话')
})

const later = (text: string): InboxMessage => ({ text, sent_at: '2026-11-22T06:05:00Z' })
const said = ({ entries }: Pick<Conversation, 'entries'>): string[] => entries.value.map(({ text }) => text)

test('what came later stands in the log in the order given, and in the tab at once', () => {
  const { say, receive, sender, entries, stores, post } = desk()
  say('一')
  receive(sender(), [later('提醒'), later('答复')])
  expect(said({ entries })).toEqual(['一', '提醒', '答复'])
  expect(new Set(entries.value.map(({ messageId }) => messageId)).size).toBe(3)
  const again = useConversation({ post, ...stores }) // no tick in between: a reload at the worst moment
  expect(said(again)).toEqual(['一', '提醒', '答复'])
  expect(again.entries.value.map(isHallMessage)).toEqual([false, true, true])
})

test('what came later is never sent and disturbs no answer', async () => {
  const { say, receive, sender, sent, answer, states, entries } = desk()
  say('一')
  say('二')
  receive(sender(), [later('提醒')])
  await answer()
  await answer()
  expect(texts(sent)).toEqual(['一', '二'])
  expect(states()).toEqual(['answered', 'answered'])
  expect(entries.value.map((entry) => !isHallMessage(entry) && entry.turn !== null)).toEqual([true, true, false])
})

test('the failed words typed again are a retry, even with a message of the hall in between', async () => {
  const { say, receive, sender, answer, sent, exchanges } = desk()
  say('一')
  await answer({ failure: down })
  receive(sender(), [later('提醒')])
  say('一')
  expect(exchanges.value).toHaveLength(1)
  expect(sent[1]!.message_id).toBe(sent[0]!.message_id)
})

test('what comes for a conversation that was cleared is not shown to the next person', () => {
  const { receive, sender, startOver, entries } = desk()
  const old = sender()
  startOver()
  receive(old, [later('别人的提醒')])
  expect(entries.value).toEqual([])
  receive(sender(), [later('提醒')])
  expect(said({ entries })).toEqual(['提醒'])
})

test('a conversation saved before there were hall messages still loads', () => {
  const { stores, post } = desk()
  const old = { messageId: 'm', text: '一', shown: '一', state: 'answered', turn: turn('好'), failure: null }
  stores.tabStore.write('wenban.conversation.1', JSON.stringify({ exchanges: [old], draft: '写到一半' }))
  const again = useConversation({ post, ...stores })
  expect(again.exchanges.value).toEqual([old])
  expect(again.draft.value).toBe('写到一半')
})
