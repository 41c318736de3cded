import { expect, test } from 'vitest'

import { changes, loadsOf } from './compare'
import type { Visit } from './types'
import { blockedBy } from './why'

function visit(id: string, site: string, day: string, ...agencies: string[]): Visit {
  return {
    id,
    day,
    day_text: day,
    slot: null,
    half: null,
    site: { id: site, name: site, town: '', industry: '' },
    agencies: agencies.map((agency) => ({ id: agency, name: agency, units: [], items: [] })),
    inspectors: [],
    tasks: [],
    plan_codes: [],
    clauses: [],
    why: [],
    minutes: null,
    joint: agencies.length > 1,
    unannounced: false,
  }
}

test('visits are told as the same, moved, of other agencies, added or dropped', () => {
  const before = [
    visit('1', 'S1', '06-01', 'A', 'B'),
    visit('2', 'S2', '06-01', 'A'),
    visit('3', 'S3', '06-02', 'A', 'B'),
    visit('4', 'S4', '06-02', 'A'),
    visit('5', 'S4', '06-09', 'B'),
  ]
  const after = [
    visit('1', 'S1', '06-01', 'B', 'A'),
    visit('9', 'S2', '06-04', 'A'),
    visit('3', 'S3', '06-02', 'A'),
    visit('8', 'S4', '06-05', 'A', 'B'),
    visit('7', 'S7', '06-07', 'C'),
  ]
  const told = changes(before, after).map((one) => [one.site.id, one.kind])
  expect(told).toEqual([
    ['S2', 'moved'],
    ['S3', 'parties'],
    ['S4', 'both'],
    ['S7', 'added'],
    ['S4', 'dropped'],
  ])
  expect(changes(before, before)).toEqual([])
  expect(loadsOf(before, after)).toContainEqual({ name: 'C', before: 0, after: 1 })
})

test('days are put together by the rule that blocks them', () => {
  const blocked = [
    { day: '06-02', rule: 'gap' },
    { day: '06-01', rule: 'gap' },
    { day: '06-03', rule: 'quota' },
  ]
  expect(blockedBy(blocked)).toEqual([
    { rule: 'gap', days: ['06-01', '06-02'] },
    { rule: 'quota', days: ['06-03'] },
  ])
})
