/** The client of `POST /api/v1/messages`. It never throws: every way to fail is an outcome with words to show. */
import type { Turn, UserMessage } from './contract'
import { parseProblem, parseTurn } from './parse'
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

const ENDPOINT = '/api/v1/messages'
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
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), TIMEOUT_MS)
  try {
    const response = await fetch(ENDPOINT, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json, application/problem+json' },
      body: JSON.stringify(message),
      signal: abort.signal,
    })
    const body = await response.text()
    const json = readJson(body)
    if (!response.ok) return { failure: fromProblem(response.status, json) }
    const turn = parseTurn(json)
    return turn ? { turn } : { failure: fromProblem(500, null) }
  } catch {
    return { failure: unreachable }
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
