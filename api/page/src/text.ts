/** Names in the field's terms, and how numbers and times are written. */

import { reactive } from 'vue'

import type { LeftOutPart } from './types'

/** Said in the place of the inspectors of a draft. */
export const NAMES_LATER = '名单在方案封存后、发布前抽取'
export const PLAN_STATES: Record<string, string> = { draft: '草案', sealed: '已封存', published: '已发布', superseded: '已被替代' }
export const RESULTS: Record<string, string> = { clear: '未发现问题', problem: '发现问题', no_show: '未见到', closed: '已停业' }
export const JOB_STATES: Record<string, string> = {
  queued: '等待',
  running: '运行中',
  finished: '已完成',
  failed: '未成功',
  cancelled: '已停止',
}
export const JOB_KINDS: Record<string, string> = { demo: '载入演示数据', import: '导入工作簿', results: '导入检查结果', evaluate: '计算评估', plan: '统筹', year: '统筹全年', revise: '改出新草案', replan: '重排已发布方案', validate: '核查数据', verify: '重算核验', export: '生成文件', publish: '核验并发布', whatif: '情景推演', worth: '增加检查组的价值', compare: '比较方案' }
export const FILING_STATES: Record<string, string> = {
  draft: '草稿',
  submitted: '待受理',
  returned: '已退回',
  accepted: '已受理',
  withdrawn: '已撤回',
}
export const LEVELS: Record<string, string> = {
  'left_out.mandatory': '未安排：必须（权重分）',
  'left_out.accepted': '未安排：应当（权重分）',
  'left_out.optional': '未安排：可选（权重分）',
  entries: '入企（本月与顺延合计，次）',
  fire_alone: '消防单独入企（含顺延，次）',
  disturbance: '打扰程度（刻钟×敏感度）',
  worst_site: '打扰最多的对象（刻钟×敏感度）',
  quiet_hours: '避开时段内的检查（刻钟，已定日期下）',
  town_changes: '各组跨街镇转场（次，已定日期下）',
  workload: '各单位最忙人员工作量之和（刻钟，已定日期下）',
}
export const NOT_VISITED: Record<string, string> = {
  off_site: '非现场检查',
  summons: '传唤到机关',
  recognised: '市区结果互认',
  absorbed: '触发式检查已覆盖',
  done: '本主体已查',
  done_off_site: '非现场已查无问题',
  fire: '消防查一次',
  removed: '依规不安排',
}
export const STEPS: Record<string, string> = {
  alone: '各自安排',
  chance: '偶然同日',
  filed: '备案联合',
  first_come: '先到先并',
  ours: '统筹后',
  limit: '下限',
}
export const STAGES: Record<string, string> = {
  generate: '生成演示数据',
  read: '读取数据',
  store: '保存',
  write: '写出文件',
  screen: '依法筛查',
  draw: '双随机抽取',
  intake: '读取与筛查',
  compile: '整理任务',
  solve: '求解',
  match: '撮合日期',
  timetable: '排时段',
  crew: '配检查组',
  prove: '证明下限',
  proof: '证明下限',
  check: '独立核验',
  seal: '封存方案、公布指纹',
  names: '抽取检查人员',
  compare: '对照比较',
  counterfactuals: '对照比较',
  play: '推演',
}
export const ACTIONS: Record<string, string> = {
  'account.login': '登录',
  'account.logout': '退出登录',
  'account.add': '新增账号',
  'account.change': '修改账号',
  'account.password': '修改密码',
  'account.hold': '账号待确认',
  'account.release': '确认账号改动',
  'account.erase': '清除停用账号的个人信息',
  'retention.run': '清理',
  'account.link': '关联统一身份',
  'library.import': '导入数据',
  'filing.save': '保存申报',
  'filing.submitted': '提交申报',
  'filing.returned': '退回申报',
  'filing.accepted': '受理申报',
  'filing.withdrawn': '撤回申报',
  'filing.accept-unproven': '认可无凭据的计划',
  'supervision.step': '执法监督',
  'site.add': '补入检查对象',
  'site.remove': '移出名录',
  'site.restore': '撤销移出',
  'request.ask': '登记企业申请',
  'request.accept': '同意企业申请',
  'request.refuse': '不同意企业申请',
  'request.withdraw': '撤回企业申请',
  'plan.create': '生成方案',
  'plan.publish': '发布方案',
  'plan.seal': '封存方案',
  'plan.withdraw': '撤回封存',
  'crews.promise': '承诺派员随机数',
  'crews.reveal': '公布派员随机数',
  'plan.export': '重新生成文件',
  'hidden.publish': '发布突击检查',
  'hidden.refuse': '突击检查未通过核验，不生效',
  'hidden.withhold': '突击检查无凭据，暂不发布',
  'hidden.let-go': '突击检查凭据齐全，予以发布',
  'hidden.give-way': '突击检查让位改期',
  'hidden.stood-back': '为突击检查让出日期',
  'identity.decide': '判定是否同一对象',
  'identity.take-back': '撤回同一对象的判定',
  'word.learn': '记下主体用词',
  'word.forget': '删去主体用词',
  'state.bound': '登记现状',
  'filing.deadline': '定申报期限',
  'site.change': '修改检查对象',
  'site.grade': '修改风险等级',
  'result.enter': '录入检查结果',
  'result.change': '修改检查结果',
  'results.import': '导入检查结果',
  'codes.return': '回传检查码',
  'duty.mark': '登记职责',
  'evaluation.run': '计算评估',
  'absorption.answer': '答复是否视为完成',
  'booking.accept': '接受同去建议',
  'booking.triggered': '触发检查同去',
  'booking.absorb': '并入触发检查',
  'suggestion.decline': '不采纳同去建议',
  'triggered.register': '登记触发检查',
  'triggered.code': '触发检查赋码',
  'plan.freeze': '冻结已发布安排',
  'round.open': '开始征求意见',
  'round.answer': '答复征求意见',
  'round.close': '结束征求意见',
  'event.report': '上报变化',
  'job.enqueue': '提交任务',
  'job.create': '提交任务',
  'job.stop': '停止任务',
  'key.issue': '签发令牌',
  'key.revoke': '撤销令牌',
}

/** A change of a count with its unit: `+2 次`, `−1 次`, or that there is none. */
export const signed = (number: number, unit: string): string =>
  number > 0 ? `+${number} ${unit}` : number < 0 ? `−${-number} ${unit}` : '不变'
export const named = (names: Record<string, string>, key: string): string => names[key] ?? key
export const count = (value: number | null | undefined): string => (value == null ? '—' : value.toLocaleString('zh-CN'))
export const percent = (share: number | null | undefined, digits = 1): string =>
  share == null ? '—' : `${(100 * share).toFixed(digits)}%`

/** A gap: 0% only where it is nothing, never rounded down to it. */
export const gapText = (gap: number | null | undefined): string =>
  gap == null ? '—' : gap === 0 ? '0%' : gap < 0.0001 ? '<0.01%' : percent(gap, 2)
const STRENGTHS = { mandatory: '必须', accepted: '应当', optional: '可选' }
/** What is left out, in tasks and, by strength, in tasks and points. */
export function leftOutText(tasks: number, parts: LeftOutPart[] = []): string {
  const told = parts.filter((one) => one.tasks).map((one) => `${STRENGTHS[one.strength]} ${count(one.tasks)} 项/${count(one.weight)} 权重分`)
  return `${count(tasks)} 项任务${told.length ? `（${told.join('；')}）` : ''}`
}

const WHEN = new Intl.DateTimeFormat('zh-CN', { dateStyle: 'medium', timeStyle: 'short', hour12: false, timeZone: 'Asia/Shanghai' })
export const when = (text: string | null): string => (text ? WHEN.format(new Date(text)) : '—')

const ISO = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' })
/** Today in Shanghai as `2026-06-01`. */
export const today = (): string => ISO.format(new Date())

const WEEKDAYS = '日一二三四五六'
/** Holidays, make-up and closed days by date, as far as their months were asked for. */
export const dayNames = reactive(new Map<string, string>())
/** `2026-06-01` as 6 月 1 日 周一, with the name of the day where it has one. */
export function dayText(day: string): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number]
  const name = dayNames.get(day)
  return `${month} 月 ${date} 日 周${WEEKDAYS[new Date(year, month - 1, date).getDay()]}${name ? `（${name}）` : ''}`
}
export function monthText(month: string): string {
  const [year, number] = month.split('-').map(Number)
  return `${year} 年 ${number} 月`
}
export function size(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
