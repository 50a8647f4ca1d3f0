import { createSSRApp, type Component } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { expect, test } from 'vitest'
import ExchangeView from '../src/components/ExchangeView.vue'
import HallMessageView from '../src/components/HallMessageView.vue'
import TurnView from '../src/components/TurnView.vue'
import type { Reply, Turn } from '../src/contract'
import { hallTime } from '../src/times'

/** The markup, without the marks of scoped styles and of fragments. */
async function html(component: Component, props: Record<string, unknown>): Promise<string> {
  const markup = await renderToString(createSSRApp(component, props))
  return markup.replace(/ data-v-[0-9a-f]+/g, '').replace(/<!--.*?-->/g, '')
}

const text = (words: string): Reply => ({ type: 'text', text: words })
const turn = (status: string, ...replies: Reply[]): Turn => ({ turn_id: 't', status, replies, sources: [] })
const exchange = (answer: Turn) => ({
  exchange: { messageId: 'm', text: '您好', shown: '您好', state: 'answered', turn: answer, failure: null },
})

test('a message of the hall says that it came later, and when', async () => {
  const shown = await html(HallMessageView, {
    message: { messageId: 'm', text: '明天9:00请到3号窗口。', sentAt: '2026-11-22T06:05:00Z' },
  })
  expect(shown.replace(/<[^>]+>/g, '').trim()).toBe('大厅消息 · 11月22日 14:05明天9:00请到3号窗口。')
  expect(shown).toContain('<time datetime="2026-11-22T06:05:00Z">')
})

test('without a time it is a message of the hall all the same', async () => {
  const shown = await html(HallMessageView, { message: { messageId: 'm', text: '您好', sentAt: '' } })
  expect(shown.replace(/<[^>]+>/g, '').trim()).toBe('大厅消息您好')
})

test('times are those of the hall, on the right day', () => {
  expect(hallTime('2026-12-31T16:30:00+00:00')).toBe('1月1日 00:30')
  expect(hallTime('2026-11-22T14:05:09.123456+08:00')).toBe('11月22日 14:05')
  expect(hallTime('昨天')).toBe('')
})

test('an address opens in a new tab; nothing else in the text becomes markup', async () => {
  const shown = await html(TurnView, { turn: turn('done.notice', text('请打开https://a.cn/d/x查看<b>。\n谢谢')) })
  expect(shown).toContain(
    '请打开<a href="https://a.cn/d/x" target="_blank" rel="noopener noreferrer" data-testid="text-link">' +
      'https://a.cn/d/x</a>查看&lt;b&gt;。\n谢谢</p>',
  )
})

test('an emergency is one alert around all its replies; nothing else is', async () => {
  const shown = await html(TurnView, { turn: turn('emergency', text('请拨打120。'), text('我已经通知大厅。')) })
  expect(shown.match(/role="alert"/g)).toHaveLength(1)
  expect(shown).toMatch(/<div class="[^"]*emergency[^"]*" role="alert">.*120.*大厅.*<\/div>/)
  expect(await html(TurnView, { turn: turn('answered.hall', text('您好')) })).not.toMatch(/alert|emergency/)
})

test('a message that a person will answer is marked delivered, and nothing stands below it', async () => {
  const shown = await html(ExchangeView, exchange(turn('done.handoff')))
  expect(shown).toContain('已送达')
  expect(shown).not.toContain('bubble-bot')
  expect(shown).not.toContain('问办回复')
})

test('an answered message carries no such mark', async () => {
  const shown = await html(ExchangeView, exchange(turn('answered.hall', text('您好'))))
  expect(shown).not.toContain('已送达')
  expect(shown).toContain('问办回复')
})
