/** Clauses and rules in words, each asked for once. */

import { get } from './api'

export interface Clause {
  id: string
  place: string
  text: string
  strength_name: string
}
export interface Rule {
  id: string
  title: string
  summary: string
}
const kept = new Map<string, Promise<unknown>>()

function once<T>(path: string): Promise<T> {
  const found = (kept.get(path) as Promise<T> | undefined) ?? get<T>(path)
  kept.set(path, found)
  found.catch(() => kept.delete(path))
  return found
}
export const clauseOf = (id: string): Promise<Clause> => once(`/rulebook/clauses/${encodeURIComponent(id)}`)
export const ruleOf = (id: string): Promise<Rule> => once(`/rulebook/rules/${encodeURIComponent(id)}`)
