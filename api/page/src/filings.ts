/** Who owes filings for a month, and findings as rows for Excel. */

import type { AgencyStanding, Finding, Standing } from './types'

/** Who has filed nothing that stands, after the last day for it. */
export const overdue = (standing: Standing): AgencyStanding[] => (standing.passed ? standing.items.filter((one) => !one.filed) : [])
/** Agencies by name, the first few, and how many they are. */
export function namedFew(some: { name: string }[], few = 4): string {
  const names = some.slice(0, few).map((one) => one.name)
  return `${some.length} 家（${names.join('、')}${some.length > few ? '等' : ''}）`
}

export function findingRows(findings: Finding[]): string[][] {
  const header = ['级别', '工作表', '行', '列', '单元格', '问题', '怎么办', '依据条款', '代码']
  const rows = findings.map((one) => [
    SEVERITIES[one.severity] ?? one.severity,
    one.table,
    one.row ? String(one.row) : '',
    one.column,
    one.value,
    one.message,
    one.action,
    one.clauses.join('、'),
    one.code,
  ])
  return [header, ...rows]
}
export const SEVERITIES: Record<string, string> = { error: '错误', warning: '警告', info: '提示' }
