import { expect, test } from 'vitest'
import { DISCLOSURES, type Reply, type Source, type Turn } from '../src/contract'
import { groupSources, sourceText } from '../src/sources'

const source = (disclosure: string | null, change: Partial<Source> = {}): Source => ({
  kind: 'guide',
  id: 'GA-003',
  title: '居民身份证遗失补领',
  disclosure,
  checked_on: '2026-11-01',
  ...change,
})

function lines(sources: Source[], replies: Reply[] = []): string[] {
  const turn: Turn = { turn_id: 't', status: 'answered.guide', replies, sources }
  return groupSources(turn).map(sourceText)
}

test('one line a guide', () => {
  expect(lines([source('materials')])).toEqual(['居民身份证遗失补领 · 申报材料 · 2026-11-01核对'])
  expect(lines([source('materials'), source('fees'), source('materials')])).toEqual([
    '居民身份证遗失补领 · 申报材料、收费标准 · 2026-11-01核对',
  ])
})

test('all eight disclosures are the whole guide', () => {
  expect(lines(DISCLOSURES.map((name) => source(name)))).toEqual([
    '居民身份证遗失补领 · 办事指南全文 · 2026-11-01核对',
  ])
})

test('another guide or another day of check is another line', () => {
  const other = source('fees', { id: 'GA-002', title: '居民身份证期满换领' })
  const older = source('fees', { checked_on: '2026-05-01' })
  expect(lines([source('fees'), other, older])).toHaveLength(3)
})

test('FAQ entries name their kind; what is missing leaves no gap', () => {
  const faq = source(null, { kind: 'faq', id: 'F-1', title: '大厅开放时间', checked_on: null })
  expect(lines([faq])).toEqual(['常见问答：大厅开放时间'])
})

test("the card's own label is used", () => {
  const card: Reply = {
    type: 'card',
    title: '',
    fields: [{ disclosure: 'time_limit', label: '办理时限', text: '20个工作日' }],
    links: [],
  }
  expect(lines([source('time_limit')], [card])).toEqual(['居民身份证遗失补领 · 办理时限 · 2026-11-01核对'])
})
