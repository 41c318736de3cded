import { expect, test } from 'vitest'

import { curveOf } from './curve'
import type { JobEvent } from './types'

const event = (second: number, level: string, best: number | null, bound: number | null): JobEvent => ({
  id: second,
  at: `2026-06-01T01:00:${String(second).padStart(2, '0')}Z`,
  event: 'progress',
  stage: 'match',
  level,
  best,
  bound,
  note: '',
})

test('levels are never mixed in one curve, and entries come first', () => {
  const events = [event(0, '', null, null), event(2, 'left_out.mandatory', 9, 9), event(3, 'entries', 40, null)]
  events.push(event(5, 'entries', 38, 35), event(6, 'disturbance', 900, 800))
  expect(curveOf(events)).toEqual({ level: 'entries', best: [[3, 40], [5, 38]], bound: [[5, 35]] })
})

test('before entries there is the newest level, and without any nothing', () => {
  expect(curveOf([event(1, 'left_out.mandatory', 9, 8)]).level).toBe('left_out.mandatory')
  expect(curveOf([])).toEqual({ level: '', best: [], bound: [] })
})
