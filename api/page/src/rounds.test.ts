import { expect, test } from 'vitest'

import { answerText, lacking } from './rounds'
import type { Answer } from './types'

const answer = (change: Partial<Answer>): Answer => ({ visit: 'V-1', answer: 'agree', proposed: null, reason: '', note: '', ...change })

test('an answer says what it lacks before it is sent', () => {
  expect(lacking(answer({}))).toBe('')
  expect(lacking(answer({ answer: 'move', reason: 'staff' }))).toContain('日期')
  expect(lacking(answer({ answer: 'object' }))).toContain('理由')
  expect(lacking(answer({ answer: 'object', reason: 'other', note: ' ' }))).toContain('写明')
  expect(lacking(answer({ answer: 'move', proposed: '2026-06-11', reason: 'staff' }))).toBe('')
})

test('an answer is told on one line', () => {
  expect(answerText(answer({ answer: 'move', proposed: '2026-06-11', reason: 'staff', note: '全员培训' }))).toBe(
    '改期到 6 月 11 日 周四（人员不足：全员培训）',
  )
})
