/** Changes to a plan that are gathered before they are applied, and how they are told to the service. */

import type { Held, LeftOut, PatchStep, Visit } from './types'

export type Edit =
  | { kind: 'move'; id: string; site: string; from: string; day: string }
  | { kind: 'pin' | 'unpin' | 'drop'; id: string; site: string; from: string }
  | { kind: 'place'; id: string; site: string; day: string }
  | { kind: 'free'; id: string; site: string }
  | { kind: 'asked'; id: string; site: string; steps: PatchStep[] }

export const EDITS: Record<Edit['kind'], string> = {
  move: '改期',
  pin: '锁定',
  unpin: '解锁',
  drop: '调出',
  place: '补排',
  free: '恢复',
  asked: '按答复调整',
}

/** A change as the service's operations. */
export const stepsOf = (edit: Edit): PatchStep[] => (edit.kind === 'asked' ? edit.steps : [stepOf(edit)])

function stepOf(edit: Exclude<Edit, { kind: 'asked' }>): PatchStep {
  const visit = `/visits/[id=${edit.id}]`
  const task = `/tasks/[id=${edit.id}]`
  switch (edit.kind) {
    case 'move':
      return { op: 'replace', path: `${visit}/day`, value: edit.day }
    case 'pin':
      return { op: 'add', path: `${visit}/pinned`, value: true }
    case 'unpin':
      return { op: 'remove', path: `${visit}/pinned` }
    case 'drop':
      return { op: 'remove', path: visit }
    case 'place':
      return { op: 'replace', path: `${task}/day`, value: edit.day }
    case 'free':
      return { op: 'remove', path: `${task}/excluded` }
  }
}

/** The list with one more change; what was chosen before for the same visit or task no longer holds. */
export const withEdit = (edits: Edit[], edit: Edit): Edit[] => [...edits.filter((one) => one.id !== edit.id), edit]

/** Whether solving anew keeps a visit on its day. */
export const pinned = (visit: Visit, held: Held | null): boolean =>
  held !== null && visit.tasks.length > 0 && visit.tasks.every((task) => held.pinned[task] === visit.day)

export const moveOf = (visit: Visit, day: string): Edit => ({ kind: 'move', id: visit.id, site: visit.site.name, from: visit.day, day })
export const onVisit = (kind: 'pin' | 'unpin' | 'drop', visit: Visit): Edit => ({
  kind,
  id: visit.id,
  site: visit.site.name,
  from: visit.day,
})
export const onTask = (item: LeftOut, day?: string): Edit => {
  const same = { id: item.task, site: item.site?.name ?? item.task }
  return day ? { kind: 'place', ...same, day } : { kind: 'free', ...same }
}
