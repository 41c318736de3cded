import { expect, test } from 'vitest'

import { late, standings, total } from './filings'
import { onSheet } from './places'
import type { Agency, Filing } from './types'

const agency = (id: string, name: string, parent = ''): Agency => ({ id, name, parent, level: '', town: '', domain: '' })
const filing = (agency_id: string, state: Filing['state']): Filing => ({
  filing_id: `${agency_id}-${state}`,
  agency_id,
  state,
  version: 1,
  accepted_version: null,
  code: '',
  window_from: '2026-06-01',
  window_to: '2026-06-30',
  unannounced: false,
})

test('who has filed nothing comes first, and an agency whose sections file is not missing', () => {
  const agencies = [agency('A', '市场局'), agency('A-1', '食品科', 'A'), agency('B', '消防'), agency('C', '应急局')]
  const found = standings(agencies, [filing('A-1', 'accepted'), filing('C', 'submitted'), filing('C', 'returned')])
  expect(found.map((one) => [one.name, total(one)])).toEqual([
    ['消防', 0],
    ['应急局', 2],
    ['食品科（市场局）', 1],
  ])
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

test('late is who has filed nothing, or not mended what came back, after the deadline of its domain', () => {
  const deadlines = [
    { domain: '', day: '2026-05-25', clauses: [] },
    { domain: 'A03', day: '2026-06-05', clauses: [] },
  ]
  const agencies = [agency('A', '市场局'), { ...agency('B', '消防'), domain: 'A03' }, agency('C', '应急局'), agency('D', '文旅局')]
  const found = standings(agencies, [filing('C', 'returned'), filing('D', 'accepted')], deadlines)
  const on = (day: string) => found.filter((one) => late(one, day)).map((one) => one.name).sort()
  expect(on('2026-05-25')).toEqual([])
  expect(on('2026-05-26')).toEqual(['应急局', '市场局'].sort())
  expect(on('2026-06-06')).toEqual(['应急局', '市场局', '消防'].sort())
})
