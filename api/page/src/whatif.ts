/** What-if: a set of changes as a scenario's text, and what a scenario came to in words. */

export interface Effect { low: number; high: number; word: string; zh: string; text: string }
export interface Held { bound: number; value: number }
export interface LevelEffect { level: string; before: Held; after: Held; effect: Effect | null }
export interface ScenarioTold {
  number: number
  name: string
  title: string
  argues: string
  refused: string | null
  status: string | null
  reason: string
  touched: { change: number; kind: string; rows: Record<string, number> }[]
  findings: string[]
  common: number | null
  entries: Effect | null
  holds_for: string
  verdict: string | null
  levels: LevelEffect[]
}
export type Depth = 'at-once' | 'matched' | 'whole'
export interface ScenarioSet {
  id: string
  plan: string
  month: string
  depth: Depth
  state: string
  created_at: string
  created_by: string
  finished: number
  items?: ScenarioTold[]
}
interface Change { name: string; fewer: number; more: number; net: number }
/** The parts of a scenario's document that the page shows. */
export interface Document {
  scenario: { file: unknown }
  seconds: Record<string, number>
  requirements?: { common: number; before: number; after: number }
  figures?: { figure: string; before: number; after: number; difference: number }[]
  gains?: {
    histogram: Record<string, number>
    sites: { site: string; name: string; town: string; before: number; after: number }[]
    sites_in_all: number
    towns: Change[]
    industries: Change[]
    agencies: { unit: string; visits_before: number; visits_after: number }[]
    surely: { gain: string[]; lose: string[] } | null
  }
}
export interface Crew {
  unit: string
  name: string
  from: string
  to: string
  saves_at_most: number
  serves_at_most: number | null
  one_fewer_costs_at_least: number
  found: { saves: number; serves: number } | null
  zh: string
}

export const DEPTHS: Record<Depth, string> = { 'at-once': '即算', matched: '匹配', whole: '整算' }
export const DEPTH_NOTES: Record<Depth, string> = {
  'at-once': '只修补受影响的入企，区间可能较宽',
  matched: '重新撮合日期，区间收窄',
  whole: '连时段、人员一起排，最慢',
}
/** The scenarios that come with the program, by name. */
export const SHIPPED: Record<string, string> = {
  'windows-a-month': '各项计划的期限都放宽到整月',
  'merge-window-45': '各项计划可以提前 15 天做，合并的窗口由 30 天放宽到 45 天',
  'no-not-to-join-list': '取消“不鼓励联合”的标注',
  'entry-cap-2': '每户每月最多入企两次（各部门合计）',
  'one-more-fire-crew': '消防监督科全月多一个班组',
  'town-teams-share-crews': '朱泾、吕巷、廊下三镇的执法队合用班组',
  'town-team-away': '朱泾镇执法队六月第二周全队外出',
  'three-inspectors-for-hazards': '应急管理（危险化学品等）每组由两人增至三人',
  'quiet-grade-b': '市场监管和卫生健康的无感监管清单扩大到 B 级',
  'grades-one-worse': '所有领域的等级都差一级',
  'half-the-ratios': '所有抽查比例减半',
  'refusals-30': '三成的“部门—企业”不接受联合',
  'preparation-halved': '共用表单，企业每次准备时间减半',
  'fire-campaign-from-above': '上级部署：六月中旬对仓储类消防重点单位全部检查一遍',
  'fire-year-in-one-half': '消防全年的覆盖任务都在上半年完成',
  'typhoon-week': '台风：六月 15 日至 19 日全区停止入企',
}

/** Where the sliders and fields stand; null or empty leaves the month as it is. */
export interface Wishes {
  window: 0 | 1 | 2
  cap: number | null
  company: number | null
  unit: string
  crews: number
  weeks: { from: string; to: string } | null
  domain: string
  quiet: 0 | 1 | 2
  willing: number
  ratio: number
  join: boolean
  closed: { from: string; to: string } | null
  rule: { id: string; param: string; value: number | boolean; title: string } | null
}
export const nothing = (): Wishes => ({
  window: 0, cap: null, company: null, unit: '', crews: 0, weeks: null, domain: '', quiet: 0,
  willing: 100, ratio: 100, join: false, closed: null, rule: null,
})
const WIDER = 7
const QUIET = [[], ['B'], ['B', 'C']]

/** The wishes as changes, each with its words; `names` are those of units and domains. */
export function changesOf(wishes: Wishes, names: Record<string, string> = {}): { text: string; change: object }[] {
  const name = (id: string) => names[id] ?? id
  const found: { text: string; change: object }[] = []
  const add = (text: string, change: object) => found.push({ text, change })
  if (wishes.window === 1) add('申报窗口前后各宽一周', { filings: { days_before: WIDER, days_after: WIDER } })
  if (wishes.window === 2) add('申报窗口放宽到整月', { filings: { whole_month: true } })
  const values: Record<string, number> = {}
  if (wishes.cap !== null) values.entry_cap = wishes.cap
  if (wishes.company !== null) values.max_agencies_per_visit = wishes.company
  const limits = [wishes.cap === null ? '' : `每家企业本月至多 ${wishes.cap} 次`, wishes.company === null ? '' : `每次入企至多 ${wishes.company} 家`].filter(Boolean)
  if (limits.length) add(limits.join('、'), { settings: { values } })
  if (wishes.unit && wishes.crews) {
    const span = wishes.weeks ? `（${wishes.weeks.from} 至 ${wishes.weeks.to}）` : ''
    add(`${name(wishes.unit)}${wishes.crews > 0 ? '多' : '少'} ${Math.abs(wishes.crews)} 组${span}`, {
      capacity: { unit: wishes.unit, crews: wishes.crews, ...(wishes.weeks ?? {}) },
    })
  }
  const grades = QUIET[wishes.quiet] ?? []
  if (wishes.domain && grades.length)
    add(`${name(wishes.domain)}无感清单扩到 ${grades.at(-1)} 级`, { lists: { quiet_grades: { [wishes.domain]: grades } } })
  if (wishes.join) add('取消“不鼓励联合”的标注', { lists: { drop_not_to_join: true } })
  if (wishes.willing < 100) add(`各单位 ${wishes.willing}% 答应联合`, { refusals: { share_percent: 100 - wishes.willing } })
  if (wishes.ratio !== 100) add(`抽查比例为原来的 ${wishes.ratio}%`, { filings: { ratio_percent: wishes.ratio } })
  if (wishes.closed) add(`${wishes.closed.from} 至 ${wishes.closed.to} 全区停止入企`, { calendar: wishes.closed })
  if (wishes.rule) add(`${wishes.rule.title}：${wishes.rule.value}`, { rule: { id: wishes.rule.id, param: wishes.rule.param, value: wishes.rule.value } })
  return found
}
/** A scenario's text. JSON is YAML, too, and needs no quoting of ours. */
export function textOf(wishes: Wishes, names: Record<string, string> = {}): string {
  const changes = changesOf(wishes, names)
  const file = { format: 'whatif/1', name: 'desk', title: changes.map((one) => one.text).join('；'), changes: changes.map((one) => one.change) }
  return `${JSON.stringify(file, null, 1)}\n`
}

const span = (least: number, most: number) => (least === most ? `${most}` : `${least} 至 ${most}`)
/** An effect on entries in words: fewer and more by the proven interval; what holds 0 within is not proven. */
export function effectText(effect: Effect, unit = '次'): string {
  const { low, high } = effect
  if (high < 0) return `少 ${span(-high, -low)} ${unit}`
  if (low > 0) return `多 ${span(low, high)} ${unit}`
  if (low === 0 && high === 0) return '没有影响'
  if (high === 0) return `不会多，至多少 ${-low} ${unit}`
  if (low === 0) return `不会少，至多多 ${high} ${unit}`
  return `没有证明到的作用（至多少 ${-low}、至多多 ${high} ${unit}）`
}
export type Sign = 'fewer' | 'more' | 'open'
export const signOf = (effect: Effect): Sign => (effect.high < 0 ? 'fewer' : effect.low > 0 ? 'more' : 'open')

/** Whether base and scenario do different work, so that entries alone would compare unlike things. */
export const apart = (one: ScenarioTold): boolean =>
  (one.verdict ?? '').startsWith('口径不同') ||
  one.levels.some((level) => level.level.startsWith('left_out') && level.before.value !== level.after.value)

/** Where intervals lie on one axis through 0, in percent of its width. */
export function axisOf(effects: Effect[]): { at: (value: number) => number; low: number; high: number } {
  const low = Math.min(0, ...effects.map((one) => one.low))
  const high = Math.max(0, ...effects.map((one) => one.high))
  const width = Math.max(1, high - low)
  return { at: (value) => (100 * (value - low)) / width, low, high }
}
