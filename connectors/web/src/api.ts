/**
 * The client of `POST /api/v1/messages` and `POST /api/v1/inbox`. It never throws: every way in which a message can
 * fail is an outcome with words to show, and an inbox that could not be read is null.
 */
import type { InboxMessage, Turn, UserMessage } from './contract'
import { parseInbox, parseProblem, parseTurn } from './parse'
import { words } from './words'

/** Why a message got no turn, and what the citizen can do about it. */
export interface Failure {
  title: string
  detail: string
  /** retry: send the same message again. edit: the server will not take it as it is. */
  remedy: 'retry' | 'edit'
  /** The next message would fail in the same way, so the ones behind it wait to keep their order. */
  blocks: boolean
}

export type Outcome = { turn: Turn } | { failure: Failure }
export type PostMessage = (message: UserMessage) => Promise<Outcome>
/** What came for the sender since the last time; null on failure. What is given here is not given again. */
export type ReadInbox = (sender: string) => Promise<InboxMessage[] | null>

const TIMEOUT_MS = 30_000
/** Not this message's fault: too early, too many, still being handled, or nobody behind the proxy. */
const TRY_LATER = new Set([408, 409, 425, 429, 502, 503, 504])

const unreachable: Failure = {
  title: words.networkTitle,
  detail: words.networkDetail,
  remedy: 'retry',
  blocks: true,
}

function fromProblem(status: number, json: unknown): Failure {
  const problem = parseProblem(json, status)
  const blocks = TRY_LATER.has(status)
  const busy = blocks || status >= 500
  return {
    title: problem.title || (busy ? words.busyTitle : words.rejectedTitle),
    detail: problem.detail || (busy ? words.busyDetail : words.rejectedDetail),
    remedy: busy ? 'retry' : 'edit',
    blocks,
  }
}

export const postMessage: PostMessage = async (message) => {
  const answer = await post('/api/v1/messages', message)
  if (!answer) return { failure: unreachable }
  if (!answer.ok) return { failure: fromProblem(answer.status, answer.json) }
  const turn = parseTurn(answer.json)
  return turn ? { turn } : { failure: fromProblem(500, null) }
}

export const readInbox: ReadInbox = async (sender) => {
  const answer = await post('/api/v1/inbox', { channel: 'web', sender })
  return answer?.ok ? parseInbox(answer.json) : null
}

/** Status and JSON of an answer (null when the body is none); null when none came in time. */
async function post(endpoint: string, body: object): Promise<{ ok: boolean; status: number; json: unknown } | null> {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), TIMEOUT_MS)
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json, application/problem+json' },
      body: JSON.stringify(body),
      signal: abort.signal,
    })
    return { ok: response.ok, status: response.status, json: readJson(await response.text()) }
  } catch {
    return null
  } finally {
    clearTimeout(timer)
  }
}

function readJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}
