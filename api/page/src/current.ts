/** The published plan that a screen opens with: this month's, else the newest. */

import { get } from './api'
import { today } from './text'
import type { Listed, Plan } from './types'

export async function publishedPlans(): Promise<Plan[]> {
  return (await get<Listed<Plan>>('/plans?limit=200')).items.filter((one) => one.state === 'published')
}
export function currentOf(plans: Plan[], month = ''): Plan | null {
  const wanted = month || today().slice(0, 7)
  return plans.find((one) => one.month === wanted) ?? [...plans].sort((a, b) => b.month.localeCompare(a.month))[0] ?? null
}
/** Today where something is on that day or the month is not that of the days; else the first day that is still to come. */
export function dayOf(days: string[]): string {
  const now = today()
  return days.find((one) => one >= now) ?? days[0] ?? now
}
export const HALF_DAYS: Record<string, string> = { am: '上午', pm: '下午', day: '全天' }
