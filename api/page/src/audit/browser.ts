/** What this browser makes of draws and log by itself, beside what the service says of them. */

import { ApiError, text } from '../api'
import { mayHash } from './canonical'
import { type DrawCode, verifyDraws } from './draws'
import { type LogCode, verifyLog } from './log'

export interface Second {
  /** What was worked out: draws, or entries of the log. */
  count: number
  wrong: string[]
}
export const DRAW_CODES: Record<DrawCode, string> = {
  file: '不是抽取记录文件', form: '记录写法不规范', chain: '链式校验值不符', repeated: '重复抽取', commitment: '随机数与承诺值不符',
  late: '承诺不早于名单冻结', list: '名单校验值不符', seed: '种子不符', order: '抽取顺序不符', drawn: '抽中对象或候补不符', replacement: '替换不合规',
  uncommitted: '随机数未事先承诺',
}
export const LOG_CODES: Record<LogCode, string> = {
  form: '不是日志条目', gap: '序号不连续', link: '与上一条的指纹不相连', content: '内容与摘要不符', hash: '指纹不符', head: '末尾与记录的链头不符',
}
export const CANNOT = '浏览器只在 https 下才能自己重算，请经 https 打开本页'

/** Draws replayed here. A nonce that was not committed beforehand is no fault of the replay: the plan's page tells it. */
export async function drawsHere(path: string): Promise<Second> {
  const found = await verifyDraws(await text(path))
  const wrong = found.problems.filter((one) => one.code !== 'uncommitted')
  return { count: found.draws, wrong: wrong.map((one) => `${one.draw} ${DRAW_CODES[one.code]}`) }
}
/** The log's chain recomputed here from its export, which must pass through the head that the service told before. */
export async function logHere(told: string): Promise<Second> {
  const found = await verifyLog(await text('/log/export'), told)
  return { count: found.entries, wrong: found.problems.map((one) => `#${one.seq} ${LOG_CODES[one.code]}`) }
}
/** What a second look came to, or why there is none. */
export async function second(look: () => Promise<Second>): Promise<Second | string> {
  if (!mayHash()) return CANNOT
  return look().catch((caught: unknown) => (caught instanceof ApiError ? caught.message : '本浏览器没有算完'))
}
