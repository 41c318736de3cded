import { expect, test } from 'vitest'

import { csv, pasteable } from './copy'
import { dayText } from './text'
import type { Visit } from './types'
import { anything, crewsOf, loads, matching, visitRows } from './visits'

function visit(id: string, change: Partial<Visit> = {}): Visit {
  return {
    id,
    day: '2026-06-01',
    day_text: '2026-06-01 周一',
    slot: { start: '09:00', end: '10:30' },
    half: 'am',
    site: { id: `S-${id}`, name: `化工${id}厂`, town: '朱泾镇', industry: '化工' },
    agencies: [{ id: 'A', name: '应急管理局', units: ['二中队'], items: ['A-1'] }],
    inspectors: [],
    tasks: [],
    plan_codes: [],
    clauses: ['A01-3.3.2'],
    why: [],
    minutes: 60,
    joint: false,
    unannounced: false,
    ...change,
  }
}

test('each filter takes away what it does not want', () => {
  const other = visit('2', { day: '2026-06-02', joint: true, site: { id: 'S2', name: '二厂', town: '漕泾镇', industry: '' } })
  const both = [visit('1'), other]
  const ids = (change: object) => matching(both, { ...anything(), ...change }).map((one) => one.id)
  expect(ids({})).toEqual(['1', '2'])
  expect(ids({ day: '2026-06-02' })).toEqual(['2'])
  expect(ids({ town: '朱泾镇' })).toEqual(['1'])
  expect(ids({ joint: true })).toEqual(['2'])
  expect(ids({ text: ' 化工 ' })).toEqual(['1'])
  expect(ids({ agency: 'B' })).toEqual([])
})

test('what is pasted keeps its columns, and no cell becomes a formula', () => {
  const odd = visit('1', { site: { id: '=1+1', name: '甲\t乙\n厂', town: '朱泾镇', industry: '' } })
  const [header, row, ...rest] = pasteable(visitRows([odd])).split('\n').map((line) => line.split('\t'))
  expect(rest).toEqual([])
  expect(row).toHaveLength(header!.length)
  expect(row!.slice(2, 4)).toEqual(['甲 乙 厂', "'=1+1"])
})

test('what is saved opens in Excel with its commas and quotes in their cells', () => {
  expect(csv([['甲,"乙"', '@SUM(A1)']])).toBe('\ufeff"甲,""乙""","\'@SUM(A1)"')
})

test('loads count joint visits apart', () => {
  const found = loads([visit('1'), visit('2', { joint: true }), visit('3')], (one) => one.site.town)
  expect(found).toEqual([{ name: '朱泾镇', joint: 1, single: 2 }])
})

test('a crew has its stays of the day in order, each to its own end', () => {
  const crew = { agency: 'A', unit: 'A-2', crew: 1, end: '10:00', people: [{ id: 'p', name: '张三' }] }
  const late = visit('1', { slot: { start: '13:30', end: '15:00' }, inspectors: [{ ...crew, end: '14:30' }] })
  const early = visit('2', { inspectors: [crew] })
  const tomorrow = visit('3', { day: '2026-06-02', inspectors: [crew] })
  const [row, ...rest] = crewsOf([late, early, tomorrow], '2026-06-01')
  expect(rest).toEqual([])
  expect(row!.people).toBe('张三')
  expect(row!.stays.map((stay) => [stay.visit.id, stay.start, stay.end])).toEqual([
    ['2', 540, 600],
    ['1', 810, 870],
  ])
})

test('dates name their weekday', () => {
  expect(dayText('2026-06-01')).toBe('6 月 1 日 周一')
})
