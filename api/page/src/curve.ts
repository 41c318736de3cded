/** The curve of a run: best and bound of one level over its seconds. */

import type { JobEvent } from './types'

type Point = [second: number, value: number]
export interface Curve {
  level: string
  best: Point[]
  bound: Point[]
}

/** The level of entries is what officers follow; before there is any, the newest level told. */
export function curveOf(events: JobEvent[]): Curve {
  const told = events.filter((event) => event.level && (event.best != null || event.bound != null))
  const level = told.some((event) => event.level === 'entries') ? 'entries' : (told.at(-1)?.level ?? '')
  const began = Date.parse(events[0]?.at ?? '')
  const curve: Curve = { level, best: [], bound: [] }
  for (const event of told) {
    if (event.level !== level) continue
    const second = Math.round((Date.parse(event.at) - began) / 100) / 10
    if (event.best != null) curve.best.push([second, event.best])
    if (event.bound != null) curve.bound.push([second, event.bound])
  }
  return curve
}
