/** What happens to a published plan, and how it is told to the service. */

import type { Person, Visit } from './types'

export const EVENTS: Record<string, string> = {
  away: '某位检查人员缺勤',
  absence: '人员缺勤（不知是谁）',
  emergency: '紧急叫停入企',
  cancelled: '取消入企',
  closed: '对象停业',
  no_show: '检查主体未到场',
  refused: '检查主体不参加',
  partly_done: '检查未办完',
  settled: '不再需要入企',
  triggered: '触发式检查占用人员',
  accepted: '发布后新受理了计划',
  asked: '企业申请改期或不联合',
}
/** What an agency says of its own visit, or of one of its people who was to go. */
export const REPORTS: Record<string, string> = {
  away: '某位检查人员缺勤',
  refused: '本单位不能参加',
  partly_done: '未办完',
  done: '已办结',
  settled: '不再需要入企',
}
/** Events about a unit's people, who are missing from one day to another. */
export const MISSING = ['away', 'absence']
export const HALVES: Record<string, string> = { day: '整天', am: '上午', pm: '下午' }
export const STOPS = ['emergency', 'cancelled', 'closed']
/** Where a triggered check comes from, by the service's codes. */
export const SOURCES: Record<string, string> = {
  complaint: '投诉举报',
  assignment: '上级交办',
  transfer: '部门移送',
  remote: '远程监管线索',
  sample: '抽检不合格',
  accident: '事故',
  warning: '风险预警',
  violation_found: '当场发现',
}
export const CODE_STATES: Record<string, string> = { open: '待补码', done: '已赋码', late: '补码超期', overdue: '逾期未要码' }
export const NOTICES: Record<string, string> = { moved: '改期', placed: '新排', deferred: '顺延', left_out: '未能安排', company: '同行变化' }

export interface Told {
  kind: string
  day: string
  until: string
  unit: string
  inspector: string
  half: string
  visit: string
  agency: string
  check: string
}
export const nothing = (): Told => ({ kind: 'away', day: '', until: '', unit: '', inspector: '', half: 'day', visit: '', agency: '', check: '' })

/** The days from one to another, both counted, at most 60. */
export function daysBetween(from: string, to: string): string[] {
  const found: string[] = []
  for (let time = Date.parse(from); time <= Date.parse(to || from) && found.length < 60; time += 86_400_000) {
    found.push(new Date(time).toISOString().slice(0, 10))
  }
  return found
}

/** Whom a unit sends in these visits, each once, by number. */
export function peopleOf(visits: Visit[], unit: string): Person[] {
  const found = visits.flatMap((one) => one.inspectors.filter((crew) => crew.unit === unit).flatMap((crew) => crew.people))
  return [...new Map(found.map((person) => [person.id, person])).values()].sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** The event as the service reads it; null while something is missing. */
export function eventOf(told: Told, visits: Visit[]): Record<string, unknown> | null {
  const visit = visits.find((one) => one.id === told.visit)
  if (MISSING.includes(told.kind)) {
    if (!told.unit || !told.day) return null
    const days = { unit: told.unit, days: daysBetween(told.day, told.until) }
    if (told.kind === 'absence') return { kind: 'absence', ...days }
    return told.inspector ? { kind: 'away', inspector: told.inspector, half: told.half, ...days } : null
  }
  if (told.kind === 'triggered') return told.check ? { kind: 'triggered', id: told.check } : null
  if (told.kind === 'accepted') return { kind: 'accepted' }
  if (!visit) return null
  if (STOPS.includes(told.kind)) return { kind: told.kind, site: visit.site.id, days: [visit.day] }
  return told.agency ? { kind: told.kind, agency: told.agency, site: visit.site.id, day: visit.day } : null
}
