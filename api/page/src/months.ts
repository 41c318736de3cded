/** Months as `2026-06`, and which of them an officer may want to choose. */

/** The only month that the demonstration district has filings for. */
export const DEMO_MONTH = '2026-06'

/** The month that is `ahead` months from this one. */
export function monthFrom(ahead: number): string {
  const now = new Date()
  const found = new Date(now.getFullYear(), now.getMonth() + ahead, 1)
  return `${found.getFullYear()}-${String(found.getMonth() + 1).padStart(2, '0')}`
}

/** A year back and a year ahead, and the months named, the latest first. */
export function choices(...also: string[]): string[] {
  const near = Array.from({ length: 25 }, (_, place) => monthFrom(12 - place))
  return [...new Set([...near, DEMO_MONTH, ...also])].filter(Boolean).sort().reverse()
}
