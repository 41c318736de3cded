import { existsSync, readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { byPoint, canonical, parse } from './canonical'
import { verifyDraws } from './draws'
import { verifyLog } from './log'

interface Case { name: string; text: string; problems: [string, string | number][] }
/** What the service's own code makes and says: `tests/page/test_second.py` writes it, and runs this over far more of it. */
const FILE = process.env.VECTORS ?? 'src/audit/vectors.json'
const vectors = JSON.parse(readFileSync(FILE, 'utf-8')) as { draws: Case[]; logs: Case[]; canonical: { text: string; is: string }[] }
const sorted = (problems: [string, string | number][]) => problems.map((one) => one.join(' ')).sort()

describe('the second verifier', () => {
  it('has vectors', () => {
    expect(existsSync(FILE)).toBe(true)
    expect(vectors.draws.length).toBeGreaterThan(5)
    expect(vectors.logs.length).toBeGreaterThan(5)
  })
  it('says of draws what the service says', async () => {
    for (const one of vectors.draws) {
      const found = (await verifyDraws(one.text)).problems.map((each): [string, string] => [each.code, each.draw])
      expect(sorted(found), one.name).toEqual(sorted(one.problems))
    }
  }, 120_000)
  it('says of logs what the service says', async () => {
    for (const one of vectors.logs) {
      const found = (await verifyLog(one.text)).problems.map((each): [string, number] => [each.code, each.seq])
      expect(sorted(found), one.name).toEqual(sorted(one.problems))
    }
  }, 120_000)
  it('wants a log to pass through the head that was told before', async () => {
    const { text } = vectors.logs[0]!
    const { head } = await verifyLog(text)
    expect(head.seq).toBeGreaterThan(1)
    expect((await verifyLog(text, `${head.seq}:${head.hash}`)).problems).toEqual([])
    expect((await verifyLog(text, `${head.seq}:${'0'.repeat(64)}`)).problems.map((one) => one.code)).toEqual(['head'])
    expect((await verifyLog(text.slice(text.indexOf('\n') + 1), '')).problems[0]!.code).toBe('gap')
  })
  it('writes values as the service hashes them', () => {
    for (const one of vectors.canonical) expect(canonical(parse(one.text))).toBe(one.is)
  })
})

describe('texts', () => {
  it('are in order of code points', () => expect(['𠀀', '￿', 'a'].sort(byPoint)).toEqual(['a', '￿', '𠀀']))
  it.each(['{"a":1,"a":2}', '[1,]', '{"a" 1}', '01', '"\u0001"', '1 2', '', 'nul', '[1', 'NaN'])('that are no JSON are refused: %s', (text) => {
    expect(() => parse(text)).toThrow()
  })
  it('may hold a key that objects have by themselves', () => expect(canonical(parse('{"toString":1,"__proto__":2}'))).toBe('{"__proto__":2,"toString":1}'))
})
