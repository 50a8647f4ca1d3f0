import { afterEach, expect, test, vi } from 'vitest'
import { postMessage, readInbox, type Failure } from '../src/api'
import { words } from '../src/words'

const message = { channel: 'web', sender: 's', text: '身份证丢了', message_id: 'm' } as const
const turn = {
  turn_id: 't',
  status: 'answered.guide',
  replies: [
    { type: 'text', text: '您好' },
    { type: 'hologram', text: '新类型' },
    { type: 'card', title: '指南', fields: [], links: [
      { title: '告知书', url: '/api/v1/notices/1' },
      { title: '坏', url: 'javascript:alert(1)' },
      { title: '别处', url: '//evil.example' },
    ] },
  ],
  sources: [],
}

afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

function server(status: number, body: unknown): ReturnType<typeof vi.fn> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const fetch = vi.fn(async () => new Response(text, { status }))
  vi.stubGlobal('fetch', fetch)
  return fetch
}

async function failure(): Promise<Failure> {
  const outcome = await postMessage(message)
  if (!('failure' in outcome)) throw new Error('expected a failure')
  return outcome.failure
}

test('sends the contract and shows only what it knows to be safe', async () => {
  const fetch = server(200, turn)
  const outcome = await postMessage(message)
  const [url, request] = fetch.mock.calls[0] as [string, RequestInit]
  expect(url).toBe('/api/v1/messages')
  expect(JSON.parse(request.body as string)).toEqual(message)
  if (!('turn' in outcome)) throw new Error('expected a turn')
  expect(outcome.turn.replies.map(({ type }) => type)).toEqual(['text', 'card'])
  expect(outcome.turn.replies[1]).toMatchObject({ links: [{ title: '告知书', url: '/api/v1/notices/1' }] })
})

test('a problem document speaks for itself and offers to edit', async () => {
  server(422, { type: 'about:blank', title: '消息不能处理', status: 422, detail: '请填写内容。' })
  expect(await failure()).toEqual({ title: '消息不能处理', detail: '请填写内容。', remedy: 'edit', blocks: false })
})

test('an English or structured error body is never shown', async () => {
  server(422, { detail: [{ loc: ['body', 'text'], msg: 'field required' }] })
  expect(await failure()).toMatchObject({ title: words.rejectedTitle, detail: words.rejectedDetail, remedy: 'edit' })
})

test.each([
  [429, true],
  [503, true],
  [500, false],
])('status %i can be sent again (the ones behind wait: %s)', async (status, blocks) => {
  server(status, '<html>Bad Gateway</html>')
  expect(await failure()).toMatchObject({ detail: words.busyDetail, remedy: 'retry', blocks })
})

test('no network is kind and can be retried', async () => {
  vi.stubGlobal('fetch', vi.fn(() => Promise.reject(new TypeError('Failed to fetch'))))
  expect(await failure()).toMatchObject({ title: words.networkTitle, remedy: 'retry', blocks: true })
})

test('a silent server is given up after 30 seconds', async () => {
  vi.useFakeTimers()
  const fetch = (_: string, { signal }: RequestInit): Promise<Response> =>
    new Promise((_resolve, reject) => signal!.addEventListener('abort', () => reject(new Error('aborted'))))
  vi.stubGlobal('fetch', fetch)
  const failed = failure()
  await vi.advanceTimersByTimeAsync(30_000)
  expect((await failed).remedy).toBe('retry')
})

test('a 200 that is no turn is a fault of the server', async () => {
  server(200, 'OK')
  expect(await failure()).toMatchObject({ title: words.busyTitle, remedy: 'retry' })
})

async function replies(given: unknown[]): Promise<unknown[]> {
  server(200, { ...turn, replies: given })
  const outcome = await postMessage(message)
  if (!('turn' in outcome)) throw new Error('expected a turn')
  return outcome.turn.replies
}

test('no replies are meant so; replies of which none is known are told', async () => {
  expect(await replies([])).toEqual([])
  expect(await replies([{ type: 'hologram' }])).toEqual([{ type: 'text', text: words.emptyReply }])
})

test('the inbox is asked by the sender id and given in its order', async () => {
  const messages = [
    { text: '二', sent_at: '2026-11-22T06:05:00Z' },
    { text: '一', sent_at: '2026-11-22T06:04:00Z', more: 1 },
  ]
  const fetch = server(200, { messages })
  expect(await readInbox('s')).toEqual([messages[0], { text: '一', sent_at: '2026-11-22T06:04:00Z' }])
  const [url, request] = fetch.mock.calls[0] as [string, RequestInit]
  expect([url, request.method]).toEqual(['/api/v1/inbox', 'POST'])
  expect(JSON.parse(request.body as string)).toEqual({ channel: 'web', sender: 's' })
})

test('a message without its time is shown all the same, one without words is not', async () => {
  server(200, { messages: [{ text: '您好' }, { text: '' }, null, { sent_at: '2026-11-22T06:05:00Z' }] })
  expect(await readInbox('s')).toEqual([{ text: '您好', sent_at: '' }])
})

test.each([
  [503, '<html>'],
  [422, { title: '消息不能处理' }],
  [200, 'OK'],
  [200, { messages: null }],
])('an inbox that could not be read is null (%i %j)', async (status, body) => {
  server(status, body)
  expect(await readInbox('s')).toBeNull()
})

test('an inbox without a network is null', async () => {
  vi.stubGlobal('fetch', vi.fn(() => Promise.reject(new TypeError('Failed to fetch'))))
  expect(await readInbox('s')).toBeNull()
})
