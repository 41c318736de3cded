import { expect, test } from 'vitest'

import { daysBetween, eventOf, nothing, peopleOf } from './events'
import type { Visit } from './types'

const crew = (unit: string, ...ids: string[]) => ({ agency: 'SCJG', unit, crew: 0, end: '10:00', people: ids.map((id) => ({ id, name: `张${id}` })) })
const visit = { id: 'V1', day: '2026-06-03', site: { id: 'S1' }, inspectors: [crew('SCJG', 'P2', 'P1'), crew('YJJ', 'Q1')] } as Visit

test('days are counted with both ends, over the end of a month, and never without end', () => {
  expect(daysBetween('2026-06-29', '2026-07-01')).toEqual(['2026-06-29', '2026-06-30', '2026-07-01'])
  expect(daysBetween('2026-06-03', '')).toEqual(['2026-06-03'])
  expect(daysBetween('2026-06-03', '2026-06-01')).toEqual([])
  expect(daysBetween('2026-01-01', '2027-01-01')).toHaveLength(60)
})

test('an event is told only when nothing is missing', () => {
  const told = nothing()
  expect(eventOf(told, [visit])).toBeNull()
  const missing = { ...told, unit: 'SCJG', day: '2026-06-03' }
  expect(eventOf({ ...missing, kind: 'absence' }, [])).toEqual({ kind: 'absence', unit: 'SCJG', days: ['2026-06-03'] })
  expect(eventOf(missing, [])).toBeNull()
  expect(eventOf({ ...missing, day: '', inspector: 'P1' }, [])).toBeNull()
  expect(eventOf({ ...missing, inspector: 'P1', half: 'am', until: '2026-06-04' }, [])).toEqual({
    kind: 'away', unit: 'SCJG', inspector: 'P1', half: 'am', days: ['2026-06-03', '2026-06-04'],
  })
  expect(eventOf({ ...told, kind: 'emergency', visit: 'V1' }, [visit])).toEqual({ kind: 'emergency', site: 'S1', days: ['2026-06-03'] })
  expect(eventOf({ ...told, kind: 'no_show', visit: 'V1' }, [visit])).toBeNull()
  expect(eventOf({ ...told, kind: 'no_show', visit: 'V1', agency: 'YJJ' }, [visit])).toEqual({
    kind: 'no_show', agency: 'YJJ', site: 'S1', day: '2026-06-03',
  })
  expect(eventOf({ ...told, kind: 'triggered' }, [])).toBeNull()
  expect(eventOf({ ...told, kind: 'accepted' }, [])).toEqual({ kind: 'accepted' })
})

test("a unit's people are those who go for it, each once", () => {
  const later = { ...visit, id: 'V2', inspectors: [crew('SCJG', 'P2', 'P3')] } as Visit
  expect(peopleOf([visit, later], 'SCJG').map((one) => one.id)).toEqual(['P1', 'P2', 'P3'])
  expect(peopleOf([visit, later], 'HBJ')).toEqual([])
})
