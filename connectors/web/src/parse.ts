/**
 * From JSON to the contract's types. Tolerant on purpose: a reply type or a link that the page does not
 * know is left out and the rest is shown. Only a body that is no turn at all gives null.
 */
import type { CardField, CardLink, InboxMessage, Option, Problem, Reply, Source, TextReply, Turn } from './contract'
import { words } from './words'

type Json = Record<string, unknown>

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const textOrNull = (value: unknown): string | null => text(value) || null

const objects = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : [])

/** Our own paths, web pages and telephone numbers may be linked; anything else (javascript:, data:) may not. */
export function isSafeLink(url: string): boolean {
  return /^(https?:\/\/|tel:|\/(?![/\\]))/i.test(url)
}

function parseLink(json: Json): CardLink | null {
  const url = text(json.url)
  return isSafeLink(url) ? { title: text(json.title) || url, url } : null
}

function parseOption(json: Json): Option | null {
  const payload = text(json.payload)
  return payload ? { title: text(json.title) || payload, payload } : null
}

function parseField(json: Json): CardField | null {
  const field = { disclosure: textOrNull(json.disclosure), label: text(json.label), text: text(json.text) }
  return field.text ? field : null
}

function known<T>(items: (T | null)[]): T[] {
  return items.filter((item): item is T & {} => item !== null)
}

function parseReply(json: Json): Reply | null {
  switch (json.type) {
    case 'text':
      return text(json.text) ? { type: 'text', text: text(json.text) } : null
    case 'options':
      return { type: 'options', text: text(json.text), options: known(objects(json.options).map(parseOption)) }
    case 'card':
      return {
        type: 'card',
        title: text(json.title),
        fields: known(objects(json.fields).map(parseField)),
        links: known(objects(json.links).map(parseLink)),
      }
    default:
      return null
  }
}

function parseSource(json: Json): Source {
  return {
    kind: text(json.kind),
    id: text(json.id),
    title: text(json.title),
    disclosure: textOrNull(json.disclosure),
    checked_on: textOrNull(json.checked_on),
  }
}

const nothingToShow: TextReply = { type: 'text', text: words.emptyReply }

/** No replies at all are meant so; replies of which the page knows none are not, and the citizen is told. */
function parseReplies(json: unknown[]): Reply[] {
  const replies = known(objects(json).map(parseReply))
  return replies.length === 0 && json.length > 0 ? [nothingToShow] : replies
}

export function parseTurn(json: unknown): Turn | null {
  if (!isObject(json) || !Array.isArray(json.replies)) return null
  return {
    turn_id: text(json.turn_id),
    status: text(json.status),
    replies: parseReplies(json.replies),
    sources: objects(json.sources).map(parseSource),
  }
}

/** The messages of an inbox, in the order given; null when the body is none. */
export function parseInbox(json: unknown): InboxMessage[] | null {
  if (!isObject(json) || !Array.isArray(json.messages)) return null
  const messages = objects(json.messages).map((message) => ({ text: text(message.text), sent_at: text(message.sent_at) }))
  return messages.filter((message) => message.text !== '')
}

/** Title and detail of a problem document; both empty when the body is none (a proxy's page, say). */
export function parseProblem(json: unknown, status: number): Problem {
  const body = isObject(json) ? json : {}
  return { status, title: text(body.title), detail: text(body.detail) }
}
