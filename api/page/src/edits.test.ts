import { expect, test } from 'vitest'

import { type Edit, pinned, stepsOf, withEdit } from './edits'
import type { Visit } from './types'

const move: Edit = { kind: 'move', id: 'V-1', site: '一厂', from: '2026-06-01', day: '2026-06-11' }

test('the last word on a visit holds', () => {
  const drop: Edit = { kind: 'drop', id: 'V-1', site: '一厂', from: '2026-06-01' }
  const other: Edit = { kind: 'pin', id: 'V-2', site: '二厂', from: '2026-06-02' }
  expect(withEdit(withEdit([move], other), drop)).toEqual([other, drop])
})

test('changes are told by the id of the visit or task', () => {
  expect(stepsOf(move)).toEqual([{ op: 'replace', path: '/visits/[id=V-1]/day', value: '2026-06-11' }])
  expect(stepsOf({ kind: 'free', id: 'T-1', site: '' })).toEqual([{ op: 'remove', path: '/tasks/[id=T-1]/excluded' }])
})

test('a visit is pinned where all its tasks are held on its day', () => {
  const visit = { tasks: ['T-1', 'T-2'], day: '2026-06-01' } as Visit
  expect(pinned(visit, null)).toBe(false)
  expect(pinned(visit, { pinned: { 'T-1': '2026-06-01' }, excluded: [] })).toBe(false)
  expect(pinned(visit, { pinned: { 'T-1': '2026-06-01', 'T-2': '2026-06-01' }, excluded: [] })).toBe(true)
})
