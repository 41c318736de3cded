/** Reasons why a task has no day, put together by rule. */

export interface Blocked {
  day: string
  rule: string
}

/** The days that each rule blocks, in order; the rule that blocks most first. */
export function blockedBy(blocked: Blocked[]): { rule: string; days: string[] }[] {
  const found = new Map<string, Set<string>>()
  for (const one of blocked) found.set(one.rule, (found.get(one.rule) ?? new Set()).add(one.day))
  return [...found].map(([rule, days]) => ({ rule, days: [...days].sort() })).sort((a, b) => b.days.length - a.days.length)
}
