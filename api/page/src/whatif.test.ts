import { describe, expect, it } from 'vitest'

import { apart, axisOf, changesOf, effectText, nothing, signOf, textOf } from './whatif'

const effect = (low: number, high: number) => ({ low, high, word: '', zh: '', text: '' })
const told = (before: number, after: number, verdict: string | null = null) => ({
  number: 1, name: 'a', title: 'a', argues: '', refused: null, status: 'optimal', reason: '', touched: [], findings: [],
  common: 1, entries: null, holds_for: '', verdict,
  levels: [{ level: 'left_out.mandatory', before: { bound: 0, value: before }, after: { bound: 0, value: after }, effect: null }],
})

describe('wishes as a scenario', () => {
  it('is nothing where nothing is moved', () => expect(changesOf(nothing())).toEqual([]))
  it('says each change in the keys of a scenario', () => {
    const wishes = { ...nothing(), window: 2 as const, cap: 3, unit: 'XF-JD', crews: -1, willing: 70, join: true }
    const file = JSON.parse(textOf(wishes, { 'XF-JD': '消防监督科' }))
    expect(file.changes).toEqual([
      { filings: { whole_month: true } },
      { settings: { values: { entry_cap: 3 } } },
      { capacity: { unit: 'XF-JD', crews: -1 } },
      { lists: { drop_not_to_join: true } },
      { refusals: { share_percent: 30 } },
    ])
    expect(file.title).toContain('消防监督科少 1 组')
  })
})

describe('effects in words', () => {
  it('says fewer, more, none and what is not proven', () => {
    expect(effectText(effect(-127, -125))).toBe('少 125 至 127 次')
    expect(effectText(effect(4, 4))).toBe('多 4 次')
    expect(effectText(effect(0, 0))).toBe('没有影响')
    expect(effectText(effect(-2, 0))).toBe('不会多，至多少 2 次')
    expect(effectText(effect(-2, 3))).toContain('没有证明到的作用')
    expect([effect(-2, -1), effect(1, 2), effect(-1, 0)].map(signOf)).toEqual(['fewer', 'more', 'open'])
  })
  it('says where the work differs', () => {
    expect(apart(told(15, 15))).toBe(false)
    expect(apart(told(15, 52))).toBe(true)
    expect(apart(told(0, 0, '口径不同：任务的必要程度或优先级有变'))).toBe(true)
  })
  it('lays all intervals on one axis through nought', () => {
    const axis = axisOf([effect(-100, -50), effect(0, 25)])
    expect([axis.at(-100), axis.at(0), axis.at(25)]).toEqual([0, 80, 100])
    expect(axisOf([]).at(0)).toBe(0)
  })
})
