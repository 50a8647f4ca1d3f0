/** The HTTP contract, version 1, as the page sees it: `POST /api/v1/messages` and `POST /api/v1/inbox`. */

export const DISCLOSURES = [
  'name',
  'location',
  'legal_basis',
  'conditions',
  'materials',
  'procedure',
  'time_limit',
  'fees',
] as const
export type Disclosure = (typeof DISCLOSURES)[number]

type Transaction =
  | 'appointment'
  | 'complaint'
  | 'fallback_request'
  | 'consultation'
  | 'extended_hours'
  | 'assistance'
  | 'rating'
  | 'notice'
  | 'handoff'

export type TurnStatus =
  | `answered.${'guide' | 'faq' | 'hall' | 'progress' | 'smalltalk'}`
  | `clarify.${'item' | 'situation' | 'intent'}`
  | `${'collecting' | 'done' | 'cancelled'}.${Transaction}`
  | 'emergency'
  | `unanswerable.${'out_of_scope' | 'no_match' | 'incomplete_guide'}`
  | `refused.${'privacy' | 'abuse' | 'too_long'}`
  | `error.${'degraded' | 'internal'}`

/** What the page sends. `message_id` stays the same when a message is sent again. */
export interface UserMessage {
  channel: 'web'
  sender: string
  text: string
  message_id: string
}

export interface TextReply {
  type: 'text'
  text: string
}

export interface Option {
  title: string
  payload: string
}

export interface OptionsReply {
  type: 'options'
  text: string
  options: Option[]
}

export interface CardField {
  disclosure: string | null
  label: string
  text: string
}

export interface CardLink {
  title: string
  url: string
}

export interface CardReply {
  type: 'card'
  title: string
  fields: CardField[]
  links: CardLink[]
}

export type Reply = TextReply | OptionsReply | CardReply

export interface Source {
  kind: string
  id: string
  title: string
  disclosure: string | null
  /** ISO date of the last check. */
  checked_on: string | null
}

/** One answered message; the fields that the page does not show are left out. */
export interface Turn {
  turn_id: string
  /** One of TurnStatus; a plain string so that a newer server's status is no error here. */
  status: TurnStatus | (string & {})
  /** Empty while a person has the conversation: then the message was delivered, and the answer comes later. */
  replies: Reply[]
  sources: Source[]
}

/** What the hall sends later: a reminder, the answer of a department, the words of a clerk. */
export interface InboxMessage {
  text: string
  /** ISO date and time with a zone; empty if the server left it out. */
  sent_at: string
}

/** A problem document (RFC 9457), as far as it could be read. */
export interface Problem {
  status: number
  title: string
  detail: string
}
