/** What enterprises ask for, in words. */

import { dayText } from './text'
import type { SiteRequest } from './types'

export const CHANNELS: Record<string, string> = { phone: '电话', letter: '来函', counter: '窗口', town: '街镇转来', portal: '网上' }

/** What is asked, in a sentence. */
export function askText(one: SiteRequest): string {
  const who = one.agencies.find((party) => party.id === one.agency_id)?.name ?? one.agency_id
  const wish = one.kind === 'apart' ? `不联合检查，${who}另行安排` : '改期'
  const days = one.days.length ? `，希望 ${one.days.map(dayText).join('、')}` : ''
  return `${dayText(one.day)} 的入企申请${wish}${days}：${one.reason}`
}
