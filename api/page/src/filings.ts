/** Who has filed for a month and how far it is, and findings as rows for Excel. */

import type { Agency, Deadline, Filing, Finding } from './types'

export interface Standing {
  agency: Agency
  name: string
  waiting: number
  returned: number
  accepted: number
  others: number
  due: string
}

/** By when an agency has to file: its domain's deadline, else everybody's; empty where none is known. */
export const dueFor = (agency: Agency, deadlines: Deadline[]): string =>
  (deadlines.find((one) => one.domain === agency.domain) ?? deadlines.find((one) => !one.domain))?.day ?? ''

/** Each agency that files for itself with the number of its filings by state; those without any first. */
export function standings(agencies: Agency[], filings: Filing[], deadlines: Deadline[] = []): Standing[] {
  const parents = new Set(agencies.map((agency) => agency.parent))
  const byAgency = new Map<string, Filing[]>()
  for (const filing of filings) byAgency.set(filing.agency_id, [...(byAgency.get(filing.agency_id) ?? []), filing])
  const names = new Map(agencies.map((agency) => [agency.id, agency.name]))
  const found = agencies
    .filter((agency) => byAgency.has(agency.id) || !parents.has(agency.id))
    .map((agency) => {
      const own = byAgency.get(agency.id) ?? []
      const of = (state: string) => own.filter((filing) => filing.state === state).length
      const [waiting, returned, accepted] = [of('submitted'), of('returned'), of('accepted')]
      const above = names.get(agency.parent)
      const name = above && !agency.name.startsWith(above) ? `${agency.name}（${above}）` : agency.name
      const others = own.length - waiting - returned - accepted
      return { agency, name, waiting, returned, accepted, others, due: dueFor(agency, deadlines) }
    })
  const rank = (one: Standing) => (total(one) === 0 ? 0 : one.waiting ? 1 : one.returned ? 2 : 3)
  return found.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, 'zh-CN'))
}
export const total = (one: Standing): number => one.waiting + one.returned + one.accepted + one.others
/** Whether an agency owes something after its deadline: it has filed nothing, or not mended what came back. */
export const late = (one: Standing, today: string): boolean =>
  one.due !== '' && one.due < today && (total(one) === 0 || one.returned > 0)

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
