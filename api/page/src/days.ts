/** Working days, holidays and deadlines of a month, asked for once. */

import { get } from './api'
import { dayNames } from './text'
import type { MonthDays } from './types'

const kept = new Map<string, Promise<MonthDays>>()

/** The days of a month; from then on `dayText` tells their names. */
export function daysOf(month: string): Promise<MonthDays> {
  const found = kept.get(month) ?? get<MonthDays>(`/calendar/${month}`)
  kept.set(month, found)
  found.then(
    (told) => told.days.filter((one) => one.name).forEach((one) => dayNames.set(one.day, one.name)),
    () => kept.delete(month),
  )
  return found
}
