import { expect, test } from 'vitest'
import { splitLinks } from '../src/links'

/** The sentence with its links in brackets. */
const marked = (text: string): string =>
  splitLinks(text).map(({ text, url }) => (url === null ? text : `[${url}]`)).join('|')

test.each([
  ['请打开https://hall.example/d/aB-9_x查看或者下载，7天内有效。', '请打开|[https://hall.example/d/aB-9_x]|查看或者下载，7天内有效。'],
  ['请打开/d/aB-9_x查看。', '请打开|[/d/aB-9_x]|查看。'],
  ['/d/a', '[/d/a]'],
  ['HTTP://a.cn:8000/x?y=1&z=%E4#t。', '[HTTP://a.cn:8000/x?y=1&z=%E4#t]|。'],
  ['(见 http://a.cn/b).', '(见 |[http://a.cn/b]|).'],
  ['http://a.cn/1 http://a.cn/2', '[http://a.cn/1]| |[http://a.cn/2]'],
  ['一\nhttps://a.cn\n二', '一\n|[https://a.cn]|\n二'],
])('%j', (text, expected) => {
  expect(marked(text)).toBe(expected)
})

test.each([
  '没有地址。',
  '',
  'javascript:alert(1)',
  'data:text/html,http',
  'ftp://a.cn/d/x',
  'http://',
  'https://。',
  '办理时间1/d/2',
  '//d/x',
  'www.a.cn/d/x',
  '/dd/x',
  '/d/',
  'xhttp://a.cn',
])('%j has no link', (text) => {
  expect(splitLinks(text).every(({ url }) => url === null)).toBe(true)
  expect(splitLinks(text).map((piece) => piece.text).join('')).toBe(text)
})
