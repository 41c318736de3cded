/** What one plan does otherwise than another: at each site, visits are the same, moved, of other agencies, or gone. */

import { partyText } from './visits'
import type { Visit } from './types'

export type Kind = 'moved' | 'parties' | 'both' | 'added' | 'dropped'
export interface Change {
  key: string
  kind: Kind
  site: Visit['site']
  before: Visit | null
  after: Visit | null
}
export const KINDS: Record<Kind, string> = {
  moved: '改期',
  parties: '同日换单位',
  both: '改期并换单位',
  added: '新增',
  dropped: '取消',
}

/** Every visit that differs, by site and day. Equal ones are paired first, then those that share most. */
export function changes(before: Visit[], after: Visit[]): Change[] {
  const rest = new Map<string, Visit[]>()
  for (const visit of after) rest.set(visit.site.id, [...(rest.get(visit.site.id) ?? []), visit])
  const olds = new Set(before)
  const found: Change[] = []
  const pair = (kind: Kind | null, alike: (a: Visit, b: Visit) => boolean) => {
    for (const old of olds) {
      const there = rest.get(old.site.id) ?? []
      const place = there.findIndex((one) => alike(old, one))
      if (place < 0) continue
      const [now] = there.splice(place, 1)
      olds.delete(old)
      if (kind) found.push({ key: `${old.id}|${now!.id}`, kind, site: old.site, before: old, after: now! })
    }
  }
  const sameParties = (a: Visit, b: Visit) => partiesOf(a) === partiesOf(b)
  pair(null, (a, b) => a.day === b.day && sameParties(a, b))
  pair('moved', sameParties)
  pair('parties', (a, b) => a.day === b.day)
  pair('both', () => true)
  for (const old of olds) found.push({ key: old.id, kind: 'dropped', site: old.site, before: old, after: null })
  for (const left of rest.values())
    for (const now of left) found.push({ key: now.id, kind: 'added', site: now.site, before: null, after: now })
  const first = (one: Change) => (one.before ?? one.after)!.day
  return found.sort((a, b) => first(a).localeCompare(first(b)) || a.site.id.localeCompare(b.site.id))
}
const partiesOf = (visit: Visit): string =>
  visit.agencies
    .map((party) => party.id)
    .sort()
    .join()

export const visitText = (visit: Visit | null): string => (visit ? `${visit.day_text} ${partyText(visit)}` : '—')

/** Agencies with their visits in both plans, those that change most first. */
export function loadsOf(before: Visit[], after: Visit[]): { name: string; before: number; after: number }[] {
  const found = new Map<string, { name: string; before: number; after: number }>()
  const count = (visits: Visit[], which: 'before' | 'after') => {
    for (const visit of visits)
      for (const party of visit.agencies) {
        const one = found.get(party.id) ?? { name: party.name, before: 0, after: 0 }
        one[which]++
        found.set(party.id, one)
      }
  }
  count(before, 'before')
  count(after, 'after')
  return [...found.values()].sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before))
}
