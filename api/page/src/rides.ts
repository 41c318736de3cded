/** Suggestions taken or declined, and why one is not taken. */

import { post } from './api'
import { count, dayText } from './text'
import type { Offer, SiteOffers } from './types'

/** Why an agency does not take another along, by the service's codes. */
export const DECLINES: Record<string, string> = {
  crew: '人手不足',
  schedule: '日期不便',
  special: '检查方式或专业要求不宜合并',
  site: '对象要求分开检查',
  not_ready: '检查准备未就绪',
  other: '其他（须说明）',
}

/** Book the agency's own open tasks at the site with an offer's; returns what to say. */
export async function ride(site: SiteOffers, offer: Offer | null, day: string): Promise<string> {
  await post('/bookings', { site_id: site.site_id, day, riders: offer?.tasks ?? [], turn: site.turn })
  return offer ? `已预定：${dayText(day)} 与${offer.agency_name}同去${site.site_name}。` : `已预定：${dayText(day)} 去${site.site_name}。`
}

/** Keep that an offer is not taken and why; returns what to say. */
export async function refuse(site: SiteOffers, offer: Offer, code: string, reason: string): Promise<string> {
  await post('/declines', { site_id: site.site_id, riders: offer.tasks, code, reason: reason.trim() })
  return `已记下不采纳（${DECLINES[code]}），${priceText(offer)}。`
}
export const priceText = (offer: Offer): string => (offer.entries_saved ? `代价为多入企 ${count(offer.entries_saved)} 次` : '入企次数相同')
