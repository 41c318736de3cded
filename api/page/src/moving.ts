/** A visit tried on another day: on one, which is quick, or on every day of the month, which takes twenty times as long. */

import { get, post } from './api'
import { moveOf, stepsOf } from './edits'
import type { Party, PatchVerdict, Verdict, Visit } from './types'

/** What a move to one day comes to. Nothing is changed. */
export async function tryMove(plan: string, visit: Visit, day: string): Promise<Verdict> {
  const { lawful, entries, left_out, breaches } = await post<PatchVerdict>(`/plans/${plan}/from-patch?operation=validate`, {
    operations: stepsOf(moveOf(visit, day)), reason: '试算',
  })
  return { day, lawful, entries, left_out, breaches }
}
/** Have the service fetch the plan's case, which takes seconds, once: it holds a visit to its day for trial. */
export async function warmUp(plan: string, visit: Visit): Promise<void> {
  await post(`/plans/${plan}/from-patch?operation=validate`, { operations: stepsOf({ kind: 'pin', id: visit.id, site: '', from: '' }), reason: '试算' }).catch(() => {})
}

/** Verdicts of a plan's visits. A plan never changes, so what was told once stays true. */
export function moves(plan: string): (visit: string) => Promise<Verdict[]> {
  const kept = new Map<string, Promise<Verdict[]>>()
  return (visit) => {
    const found = kept.get(visit) ?? get<{ items: Verdict[] }>(`/plans/${plan}/visits/${visit}/verdicts`).then((told) => told.items)
    kept.set(visit, found)
    found.catch(() => kept.delete(visit))
    return found
  }
}

export interface Affected {
  /** Who comes with the visit, and would come on the other day. */
  own: Party[]
  /** Who is at the enterprise on that day already: one entry for both. */
  there: Party[]
}
/** Whose work a move of a visit to a day touches, as far as the list of visits tells. */
export function affected(visit: Visit, day: string, visits: Visit[]): Affected {
  const there = visits.filter((one) => one.id !== visit.id && one.site.id === visit.site.id && one.day === day)
  const seen = new Set(visit.agencies.map((one) => one.id))
  return { own: visit.agencies, there: there.flatMap((one) => one.agencies).filter((one) => !seen.has(one.id)) }
}
