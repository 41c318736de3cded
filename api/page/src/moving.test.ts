import { afterEach, describe, expect, it, vi } from 'vitest'

import { affected, moves, tryMove } from './moving'
import type { Visit } from './types'

const visit = (id: string, site: string, day: string, ...agencies: string[]): Visit => ({
  id, day, day_text: day, slot: null, half: null, site: { id: site, name: site, town: '', industry: '' },
  agencies: agencies.map((one) => ({ id: one, name: one, units: [], items: [] })), inspectors: [], tasks: [], plan_codes: [],
  clauses: [], why: [], minutes: null, joint: agencies.length > 1, unannounced: false,
})
afterEach(() => vi.unstubAllGlobals())

describe('whom a move touches', () => {
  const visits = [visit('a', 'S1', '2026-06-01', 'X', 'Y'), visit('b', 'S1', '2026-06-03', 'Y', 'Z'), visit('c', 'S2', '2026-06-03', 'W')]
  it('is who comes with it and who is there on that day already', () => {
    const told = affected(visits[0]!, '2026-06-03', visits)
    expect(told.own.map((one) => one.id)).toEqual(['X', 'Y'])
    expect(told.there.map((one) => one.id)).toEqual(['Z'])
    expect(affected(visits[0]!, '2026-06-04', visits).there).toEqual([])
  })
})

describe('a move to one day', () => {
  it('is tried and changes nothing', async () => {
    const told = { lawful: true, entries: -1, left_out: 0, breaches: [], held: {} }
    const asked = vi.fn((..._: unknown[]) => Promise.resolve(new Response(JSON.stringify(told))))
    vi.stubGlobal('fetch', asked)
    expect(await tryMove('P', visit('a', 'S1', '2026-06-01', 'X'), '2026-06-03')).toEqual({ day: '2026-06-03', lawful: true, entries: -1, left_out: 0, breaches: [] })
    expect(asked.mock.calls[0]![0]).toBe('/v1/plans/P/from-patch?operation=validate')
  })
})

describe('verdicts', () => {
  it('are asked for once a visit, and again after a failure', async () => {
    const answers = [new Response('{}', { status: 500 }), new Response('{"items": [{"day": "2026-06-02"}]}')]
    const asked = vi.fn(() => Promise.resolve(answers.shift()!))
    vi.stubGlobal('fetch', asked)
    const of = moves('P')
    await expect(of('a')).rejects.toThrow()
    await new Promise((done) => setTimeout(done))
    expect(await of('a')).toEqual([{ day: '2026-06-02' }])
    expect(await of('a')).toEqual([{ day: '2026-06-02' }])
    expect(asked).toHaveBeenCalledTimes(2)
  })
})
