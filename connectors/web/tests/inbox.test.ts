import { effectScope, type EffectScope } from 'vue'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Outcome } from '../src/api'
import type { InboxMessage } from '../src/contract'
import { memoryStore } from '../src/storage'
import { useConversation, type Conversation } from '../src/useConversation'
import { useInbox } from '../src/useInbox'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const turn = { turn_id: 't', status: 'answered.smalltalk', replies: [], sources: [] }
const later = (text: string): InboxMessage => ({ text, sent_at: '2026-11-22T06:05:00Z' })

let scope: EffectScope
let page: EventTarget & { visibilityState: string }

beforeEach(() => {
  vi.useFakeTimers()
  page = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  vi.stubGlobal('document', page)
  scope = effectScope()
})

afterEach(() => {
  scope.stop()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

function turnTo(visibilityState: 'visible' | 'hidden'): void {
  page.visibilityState = visibilityState
  page.dispatchEvent(new Event('visibilitychange'))
}

/** What a reader gives: messages, null for a failure, or a promise that the test keeps. */
type Given = InboxMessage[] | null | Promise<InboxMessage[] | null>

function desk(tabStore = memoryStore()) {
  const given: Given[] = []
  const read = vi.fn(async (_sender: string) => await (given.length > 0 ? given.shift()! : []))
  const post = async (): Promise<Outcome> => ({ turn })
  const talk = useConversation({ post, deviceStore: memoryStore(), tabStore })
  scope.run(() => useInbox(talk, read))
  return { talk, read, given, tabStore }
}

/** How often the inbox is asked in the time to come. */
async function asked(read: ReturnType<typeof desk>['read'], ms: number): Promise<number> {
  const before = read.mock.calls.length
  await vi.advanceTimersByTimeAsync(ms)
  return read.mock.calls.length - before
}

/** A promise of messages that is kept when the test says so. */
function open(): { promise: Promise<InboxMessage[] | null>; keep(messages: InboxMessage[] | null): Promise<void> } {
  let resolve: (messages: InboxMessage[] | null) => void = () => undefined
  const promise = new Promise<InboxMessage[] | null>((resolved) => (resolve = resolved))
  return {
    promise,
    async keep(messages) {
      resolve(messages)
      await vi.advanceTimersByTimeAsync(0)
    },
  }
}

const texts = ({ entries }: Conversation): string[] => entries.value.map(({ text }) => text)

test('a page on which nothing was said asks at once, then every 30 seconds', async () => {
  const { read, talk } = desk()
  expect(read.mock.calls).toEqual([[talk.sender()]])
  await asked(read, 0)
  expect(await asked(read, 29 * SECOND)).toBe(0)
  expect(await asked(read, 61 * SECOND)).toBe(3)
})

test('an answered message asks at once, then every 4 seconds for 10 minutes', async () => {
  const { read, talk } = desk()
  await asked(read, 10 * SECOND)
  talk.say('您好')
  expect(await asked(read, 0)).toBe(1)
  expect(await asked(read, 40 * SECOND)).toBe(10)
  await asked(read, 10 * MINUTE)
  expect(await asked(read, MINUTE)).toBe(2)
})

test('a message of the hall is shown and makes the page ask often again', async () => {
  const { read, talk, given } = desk()
  await asked(read, SECOND)
  given.push([later('提醒'), later('答复')])
  await asked(read, 30 * SECOND)
  expect(texts(talk)).toEqual(['提醒', '答复'])
  expect(await asked(read, 40 * SECOND)).toBe(10)
})

test('a conversation that a reload brought back asks often', async () => {
  const { talk, tabStore } = desk()
  talk.say('您好')
  await vi.advanceTimersByTimeAsync(0)
  scope.stop()
  scope = effectScope()
  const { read } = desk(tabStore)
  await asked(read, 0)
  expect(await asked(read, 40 * SECOND)).toBe(10)
})

test('a hidden page does not ask; one that is looked at again asks at once', async () => {
  const { read } = desk()
  await asked(read, SECOND)
  turnTo('hidden')
  expect(await asked(read, 10 * MINUTE)).toBe(0)
  turnTo('visible')
  expect(read).toHaveBeenCalledTimes(2)
  expect(await asked(read, 60 * SECOND)).toBe(2)
})

test('a page that opens in the background waits to be looked at', async () => {
  page.visibilityState = 'hidden'
  const { read } = desk()
  expect(await asked(read, 10 * MINUTE)).toBe(0)
  turnTo('visible')
  expect(read).toHaveBeenCalledTimes(1)
})

test('what was fetched is kept, though the page was hidden meanwhile', async () => {
  const { read, talk, given } = desk()
  const late = open()
  given.push(late.promise)
  await asked(read, 30 * SECOND)
  turnTo('hidden')
  await late.keep([later('提醒')])
  expect(texts(talk)).toEqual(['提醒'])
  expect(await asked(read, 10 * MINUTE)).toBe(0)
})

test('failures double the pause, to 2 minutes, and nobody is told; a success ends it', async () => {
  const { read, talk, given } = desk()
  await asked(read, 0)
  given.push(null, null, null, null, null)
  expect(await asked(read, 30 * SECOND)).toBe(1)
  expect(await asked(read, 59 * SECOND)).toBe(0)
  expect(await asked(read, SECOND)).toBe(1)
  expect(await asked(read, 119 * SECOND)).toBe(0)
  expect(await asked(read, SECOND)).toBe(1)
  expect(await asked(read, 4 * MINUTE)).toBe(2)
  expect(talk.entries.value).toEqual([])
  expect(await asked(read, 2 * MINUTE)).toBe(1)
  expect(await asked(read, MINUTE)).toBe(2)
})

test('one question at a time; what was wished meanwhile is asked right after it', async () => {
  const { read, talk, given } = desk()
  const slow = open()
  given.push(slow.promise)
  await asked(read, 30 * SECOND)
  talk.say('您好')
  turnTo('hidden')
  turnTo('visible')
  expect(await asked(read, MINUTE)).toBe(0)
  await slow.keep([])
  expect(read).toHaveBeenCalledTimes(3)
  expect(await asked(read, 3 * SECOND)).toBe(0)
})

test('starting over asks for the new sender only and drops a late answer', async () => {
  const { read, talk, given } = desk()
  const late = open()
  given.push(late.promise)
  talk.say('您好')
  await asked(read, 0)
  const old = talk.sender()
  talk.startOver()
  await late.keep([later('前一位的提醒')])
  expect(talk.entries.value).toEqual([])
  expect(await asked(read, MINUTE)).toBe(2)
  expect(read.mock.lastCall).toEqual([talk.sender()])
  expect(talk.sender()).not.toBe(old)
})

test('a page that is gone asks no more', async () => {
  const { read } = desk()
  await asked(read, 0)
  scope.stop()
  turnTo('visible')
  expect(await asked(read, MINUTE)).toBe(0)
})
