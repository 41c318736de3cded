import { expect, test } from 'vitest'

import { namedFew, overdue } from './filings'
import { onSheet } from './places'
import type { AgencyStanding, Standing } from './types'

const one = (name: string, filed: boolean): AgencyStanding => ({
  agency_id: name,
  name,
  states: {},
  first_filed_at: null,
  filed,
  late: false,
})
const standing = (passed: boolean): Standing => ({
  month: '2026-06',
  deadline: '2026-05-25',
  usual: true,
  clauses: [],
  passed,
  missing: 1,
  items: [one('消防', false), one('应急局', true)],
})

test('overdue is who has filed nothing once the last day has passed', () => {
  expect(overdue(standing(false))).toEqual([])
  expect(overdue(standing(true)).map((found) => found.name)).toEqual(['消防'])
})

test('many are named by the first few', () => {
  expect(namedFew([one('甲', true), one('乙', true), one('丙', true)], 2)).toBe('3 家（甲、乙等）')
})

test('towns lie as on a map, north up; those without a position stand below', () => {
  const points = [
    { town: '北', lon: 121.0, lat: 30.9 },
    { town: '东南', lon: 121.2, lat: 30.7 },
  ]
  const [north, east, lost] = onSheet(points, ['北', '东南', '无'], 900, 560, 56)
  expect(north!.y).toBeLessThan(east!.y)
  expect(north!.x).toBeLessThan(east!.x)
  expect(lost!.y).toBeGreaterThan(east!.y)
})
