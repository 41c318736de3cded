/** Consultation: answers in words, and what a list of answers still lacks. */

import { dayText } from './text'
import type { Answer, Proposal, Round, RoundStatus } from './types'

export const ANSWERS: Record<Answer['answer'], string> = { agree: '同意', move: '改期', object: '不能' }
export const REASONS: Record<string, string> = {
  staff: '人员不足',
  recusal: '人员需回避',
  deadline: '法定期限不符',
  campaign: '与上级部署或专项冲突',
  site: '对象停业或情况变化',
  means: '设备或检测条件不具备',
  other: '其他',
}

/** An answer on one line: what, which day, why. */
export function answerText(one: Answer): string {
  const day = one.proposed ? `到 ${dayText(one.proposed)}` : ''
  const why = [REASONS[one.reason] ?? '', one.note].filter(Boolean).join('：')
  return `${ANSWERS[one.answer]}${day}${why ? `（${why}）` : ''}`
}

/** What an answer lacks before it can be sent; empty where nothing. */
export function lacking(one: Answer): string {
  if (one.answer === 'agree') return ''
  if (one.answer === 'move' && !one.proposed) return '请选建议改到的日期'
  if (!one.reason) return '请选理由'
  return one.reason === 'other' && !one.note.trim() ? '理由为“其他”时请写明' : ''
}

export const proposalText = (one: Proposal): string =>
  one.kind === 'decide' ? '没有合规的日子，请统筹部门决定' : one.day ? `${one.asked ? '按其意见' : '就近合规'}改到 ${dayText(one.day)}` : '维持'

export const statusRows = (agencies: RoundStatus[]): string[][] => [
  ['检查主体', '入企', '同意', '改期', '不能', '未答复', '逾期'],
  ...agencies.map((one) => [
    one.name,
    ...[one.visits, one.agreed, one.moved, one.objected, one.unanswered].map(String),
    one.late ? '是' : '',
  ]),
]
export const unanswered = (round: Round): number => round.agencies.reduce((sum, one) => sum + one.unanswered, 0)
