/** Every Chinese word of the page, apart from the welcome (welcome.json). Wording: 请/您好/谢谢/很抱歉, short and clear. */
import type { Disclosure } from './contract'

const disclosures: Record<Disclosure, string> = {
  name: '事项名称',
  location: '办理地点',
  legal_basis: '办理依据',
  conditions: '申报条件',
  materials: '申报材料',
  procedure: '办理流程',
  time_limit: '承诺期限',
  fees: '收费标准',
}

export const words = {
  title: '问办 · 政务服务助手',
  titleParts: ['问办', '政务服务助手'],
  description: '政务服务大厅的在线助手：查办事指南，问材料、时限和费用。',
  noScript: '很抱歉，您的浏览器没有启用脚本，暂时不能在线对话。请启用后刷新，或者到大厅咨询台咨询，谢谢。',

  largeText: '大字',
  largeTextHint: '放大页面文字',
  startOver: '清空',
  startOverHint: '清空对话，重新开始',

  log: '对话记录',
  citizen: '您说',
  assistant: '问办回复',
  examples: '您可以这样问：',
  options: '请选择',
  typing: '正在为您查询，请稍候',
  queued: '等待发送',
  delivered: '已送达',
  hallMessage: '大厅消息',
  moment: (month: number, day: number, clock: string): string => `${month}月${day}日 ${clock}`,
  newMessages: '有新消息',
  emptyReply: '很抱歉，这次没有收到可以显示的内容。请换一种说法再问一次，谢谢。',

  inputLabel: '请输入您要咨询的内容',
  inputPlaceholder: '请输入您的问题',
  send: '发送',
  retry: '重试',
  edit: '修改后再发',
  left: (count: number): string => `还可以输入 ${count} 字`,
  over: (count: number): string => `已超出 ${count} 字，请适当精简`,

  confirmTitle: '清空对话',
  confirmText:
    '清空后将开始新的对话，屏幕上的内容不再保留，之前办理事项的提醒和回复也不会再显示在这里。请确认是否清空？',
  confirmYes: '确认清空',
  confirmNo: '继续对话',

  source: '来源',
  checkedOn: (day: string): string => `${day}核对`,
  allDisclosures: '办事指南全文',
  sourceKinds: { faq: '常见问答', facility: '大厅信息', topic: '其他部门事项', scenario: '办事引导' } as Record<string, string>,
  disclosures,

  networkTitle: '消息暂时没有送达',
  networkDetail: '很抱歉，网络好像中断了。您输入的内容已为您保留，请检查网络后点“重试”。',
  busyTitle: '系统暂时繁忙',
  busyDetail: '很抱歉，系统暂时繁忙。您输入的内容已为您保留，请稍候点“重试”。',
  rejectedTitle: '消息没有发送成功',
  rejectedDetail: '很抱歉，这条消息没有发送成功。请修改后再发，或者到大厅咨询台咨询，谢谢。',
} as const
