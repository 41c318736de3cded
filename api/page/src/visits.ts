/** What screens make of a plan's visits: filters, rows for Excel, loads, the day's crews. */

import { NAMES_LATER } from './text'
import type { Visit } from './types'

export interface Wanted {
  text: string
  day: string
  agency: string
  town: string
  joint: boolean
}
export const anything = (): Wanted => ({ text: '', day: '', agency: '', town: '', joint: false })

export function matching(visits: Visit[], wanted: Wanted): Visit[] {
  const text = wanted.text.trim()
  return visits.filter(
    (visit) =>
      (!wanted.day || visit.day === wanted.day) &&
      (!wanted.town || visit.site.town === wanted.town) &&
      (!wanted.agency || visit.agencies.some((party) => party.id === wanted.agency)) &&
      (!wanted.joint || visit.joint) &&
      (!text || visit.site.name.includes(text) || visit.site.id.includes(text) || visit.id.includes(text)),
  )
}

export const slotText = (visit: Visit): string => (visit.slot ? `${visit.slot.start}–${visit.slot.end}` : '')
export const partyText = (visit: Visit): string => visit.agencies.map((party) => party.name).join('、')
export const kindText = (visit: Visit): string =>
  visit.unannounced ? '突击' : visit.joint ? `联合 ${visit.agencies.length} 家` : '单独'

const HEADERS = ['日期', '时段', '检查对象', '对象编号', '街镇', '检查主体', '方式', '计划编号', '依据条款']

/** The list as a table for Excel, its header first. */
export function visitRows(visits: Visit[]): string[][] {
  const rows = visits.map((visit) => [
    visit.day_text,
    slotText(visit),
    visit.site.name,
    visit.site.id,
    visit.site.town,
    partyText(visit),
    kindText(visit),
    visit.plan_codes.join('、'),
    visit.clauses.join('、'),
  ])
  return [HEADERS, ...rows]
}

export interface Load {
  name: string
  joint: number
  single: number
}
/** Visits by what `key` gives, joint ones apart, the names in order. */
export function loads(visits: Visit[], key: (visit: Visit) => string): Load[] {
  const found = new Map<string, Load>()
  for (const visit of visits) {
    const name = key(visit)
    const load = found.get(name) ?? { name, joint: 0, single: 0 }
    if (visit.joint) load.joint++
    else load.single++
    found.set(name, load)
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name, 'zh-CN'))
}

/** Visits by agency, the agency with most first. */
export function busiest(visits: Visit[]): Load[] {
  const found = new Map<string, Load>()
  for (const visit of visits)
    for (const party of visit.agencies) {
      const load = found.get(party.id) ?? { name: party.name, joint: 0, single: 0 }
      if (visit.joint) load.joint++
      else load.single++
      found.set(party.id, load)
    }
  return [...found.values()].sort((a, b) => b.joint + b.single - a.joint - a.single)
}

export interface Stay {
  visit: Visit
  start: number
  end: number
}
export interface CrewDay {
  key: string
  agency: string
  unit: string
  crew: number
  people: string
  stays: Stay[]
}
export const minutesOf = (clock: string): number => {
  const [hours, minutes] = clock.split(':').map(Number) as [number, number]
  return 60 * hours + minutes
}

/** The crews that go out on a day, each with its stays in order; starts and ends in minutes since midnight. */
export function crewsOf(visits: Visit[], day: string): CrewDay[] {
  const found = new Map<string, CrewDay>()
  for (const visit of visits) {
    if (visit.day !== day || !visit.slot) continue
    for (const crew of visit.inspectors) {
      const key = `${crew.agency}|${crew.unit}|${crew.crew}`
      const party = visit.agencies.find((one) => one.id === crew.agency)
      const row = found.get(key) ?? {
        key,
        agency: party?.name ?? crew.agency,
        unit: crew.unit,
        crew: crew.crew,
        people: crew.people.map((person) => person.name).join('、') || NAMES_LATER,
        stays: [],
      }
      row.stays.push({ visit, start: minutesOf(visit.slot.start), end: minutesOf(crew.end) })
      found.set(key, row)
    }
  }
  for (const row of found.values()) row.stays.sort((a, b) => a.start - b.start)
  return [...found.values()].sort(
    (a, b) => a.agency.localeCompare(b.agency, 'zh-CN') || a.unit.localeCompare(b.unit) || a.crew - b.crew,
  )
}
