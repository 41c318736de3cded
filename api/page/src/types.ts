/** Shapes of the service's answers, as far as the page uses them (see /v1/openapi.json). */

export interface Problem {
  status: number
  title: string
  detail: string
  code: string
  clauses: string[]
  errors?: { where?: string; detail: string }[]
}
export interface Me {
  account_id: string
  login: string
  name: string
  role: string
  role_name: string
  agency_id: string | null
  town: string | null
  operations: string[]
}
export interface Listed<T> {
  items: T[]
  next: string | null
}
export interface Job {
  id: string
  number: number
  kind: string
  state: 'queued' | 'running' | 'finished' | 'failed' | 'cancelled'
  stage: string
  level: string
  best: number | null
  bound: number | null
  payload: Record<string, unknown>
  created_at: string
  created_by: string
  ended_at: string | null
  stopping: boolean
  result: JobResult | null
  error: { code: string; detail: string; clauses?: string[]; errors?: { where: string; detail: string }[] } | null
}
export interface JobResult {
  plan?: string | null
  published?: boolean
  sealed?: boolean
  notes?: string[]
  revision?: number
  findings?: number | Record<string, number> | Finding[]
  rows?: Record<string, Record<string, number>>
}
export interface JobEvent {
  id: number
  at: string
  event: string
  stage: string
  level: string
  best: number | null
  bound: number | null
  note: string
}
export interface Plan {
  id: string
  month: string
  state: 'draft' | 'sealed' | 'published' | 'superseded'
  status: string
  plan_hash: string
  rulebook_version: string
  parent: string | null
  stopped: boolean
  created_at: string
  created_by: string
  published_at: string | null
  published_by: string | null
  sealed: { at: string; timetable_hash: string; until: string; called: string[] } | null
  version: number
}
/** Numbers promised for the draw of a month's inspectors, and how often its plans were sealed and taken back. */
export interface CrewNumbers {
  month: string
  promises: { holder: string; commitment: string; promised_at: string; called: boolean; revealed_at: string | null; number: string | null }[]
  sealed: { plan: string; plan_hash: string; timetable_hash: string; until: string; waiting: string[] } | null
  seals: number
  withdrawals: number
  history: { what: string; at: string; who: string; reason: string }[]
}
export interface Level {
  name: string
  value: number
  bound_certified: number | null
  bound_solver: number | null
  gap: number | null
  proven_by: string
  proof?: string
}
/** Left-out tasks of one strength and the points that they weigh. */
export interface LeftOutPart {
  strength: 'mandatory' | 'accepted' | 'optional'
  tasks: number
  weight: number
}
/** A step from agencies alone to ours and the limit; entries of the month on the tasks that all steps do. */
export interface Step {
  scheme: 'alone' | 'chance' | 'filed' | 'first_come' | 'ours' | 'limit'
  entries_common: number | null
  saved: number | null
  avoided: number | null
  avoided_share: number | null
}
export interface Counterfactual {
  entries: number
  entries_common: number
  ours_common: number
  avoided: number
  avoided_share: number
  left_out: number
}
export interface LookAhead {
  waiting: number
  lines: string[]
  rows: { unit: string; skill: string; name: string; until: string; waiting: number; least: number; done: number }[]
}
export interface Figures {
  entries: number
  entries_in_month: number
  later_entries: number
  bound_certified: number | null
  gap: number | null
  left_out: number
  deferred: number
  scheduled: number
  joint_visits: number
  joint_share: number
  findings: { error?: number; warning?: number; info?: number }
  counterfactuals?: { alone?: Counterfactual; first_come?: Counterfactual }
  left_out_by?: LeftOutPart[]
  steps?: Step[]
  told?: { status: string; given_back: string; day_tests: string; comparison: string[] }
  levels: Level[]
  day_levels?: Level[]
  look_ahead?: LookAhead | null
}
export interface TaskReasons {
  text_zh: string
  verdict: 'blocked' | 'free' | 'unknown'
  members: { rule: string; clauses: string[]; text_zh: string }[]
  ways: WayOut[]
  ways_zh: string
}
/** `operations` make it a draft; [] where something has to be filed, agreed to or signed first. */
export interface WayOut {
  kind: string
  day: string
  text_zh: string
  operations: PatchStep[]
}
export interface SiteReasons {
  text_zh: string
  visits: string[]
  items: { tasks: string[]; could: string; day: string | null; text_zh: string; members: { text_zh: string }[] }[]
}
export interface VisitReasons {
  why: { question: string; text_zh: string }[]
  days: { day: string; could: string; text_zh: string }[]
  absent: { tasks: string[]; text_zh: string }[]
  firm_zh: string
}
export interface Envelope {
  plan: Plan
  figures: Figures | null
  files: number
  runs: string[]
}
export interface Party {
  id: string
  name: string
  units: string[]
  items: string[]
}
export interface Person {
  id: string
  name: string
}
export interface Crew {
  agency: string
  unit: string
  crew: number
  end: string
  people: Person[]
}
export interface Why {
  question: 'due' | 'together' | 'day' | 'yields'
  agency: string
  text: string
  clauses: string[]
}
export interface Visit {
  id: string
  day: string
  day_text: string
  slot: { start: string; end: string } | null
  half: string | null
  site: { id: string; name: string; town: string; industry: string }
  agencies: Party[]
  inspectors: Crew[]
  tasks: string[]
  plan_codes: string[]
  clauses: string[]
  why: Why[]
  minutes: number | null
  joint: boolean
  unannounced: boolean
}
export interface LeftOut {
  task: string
  agency?: { id: string; name: string }
  unit?: string
  site?: { id: string; name: string; town: string }
  items?: string[]
  filings?: string[]
  window?: [string, string]
  strength?: string
  why_due?: string
  reason: { rule: string; clauses: string[]; text_zh: string; blocked?: { day: string; rule: string }[] } | null
}
export interface NotVisited {
  kind: string
  rule: string
  site: string
  site_name: string
  town: string
  unit: string
  parent: string
  items: string[]
  filings: string[]
  clauses: string[]
  on: string | null
  zh: string
}
export interface PlanFile {
  number: number
  name: string
  sha256: string
  bytes: number
  ready: boolean
}
export interface LogEntry {
  seq: number
  at: string
  who: string
  what: string
  object: string
  hash: string
}
export interface Agency {
  id: string
  name: string
  level: string
  town: string
  parent: string
  domain: string
}
export interface Site {
  id: string
  name: string
  town: string
  industry: string
  tags: string[]
  address: string
  lon: number | null
  lat: number | null
}
export interface Filing {
  filing_id: string
  agency_id: string
  state: 'draft' | 'submitted' | 'returned' | 'accepted' | 'withdrawn'
  version: number
  accepted_version: number | null
  code: string
  window_from: string
  window_to: string
  unannounced: boolean
}
export interface Finding {
  code: string
  severity: string
  title: string
  message: string
  action: string
  table: string
  row: number
  column: string
  value: string
  clauses: string[]
  opened: string[]
}
export interface FilingDetail {
  filing: Filing
  cells: { column: string; text: string; before: string | null }[]
  steps: { version: number; state: string; at: string; who: string; reason: string; code: string }[]
  findings: Finding[]
}
export interface Uploaded {
  filings: Filing[]
  findings: Finding[]
}
export interface Day {
  day: string
  kind: 'work' | 'make-up' | 'off' | 'closed'
  name: string
}
export interface AgencyStanding {
  agency_id: string
  name: string
  states: Partial<Record<Filing['state'], number>>
  first_filed_at: string | null
  filed: boolean
  late: boolean
}
export interface Standing {
  month: string
  deadline: string
  usual: boolean
  clauses: string[]
  passed: boolean
  missing: number
  items: AgencyStanding[]
}
export interface MonthDays {
  month: string
  provisional: boolean
  days: Day[]
}
export interface Breach {
  rule: string
  title: string
  clauses: string[]
  count: number
}
export interface Held {
  pinned: Record<string, string>
  excluded: string[]
}
export interface PatchVerdict {
  lawful: boolean
  entries: number
  left_out: number
  breaches: Breach[]
  held: Held
}
export interface PatchStep {
  op: 'add' | 'replace' | 'remove'
  path: string
  value?: string | boolean
}
export interface LineageStep {
  plan: string
  parent: string | null
  state: Plan['state']
  plan_hash: string
  operation: string
  operations: PatchStep[]
  reason: string
  created_by: string
  created_at: string
}
export interface Lineage {
  held: Held
  items: LineageStep[]
  made_of_it: LineageStep[]
}
export interface RoundStatus {
  agency_id: string
  name: string
  visits: number
  agreed: number
  moved: number
  objected: number
  unanswered: number
  answered_at: string | null
  late: boolean
}
export interface Round {
  id: string
  plan_id: string
  month: string
  opened_at: string
  opened_by: string
  closes_on: string
  closed_at: string | null
  overdue: boolean
  agencies: RoundStatus[]
}
export interface Answer {
  visit: string
  answer: 'agree' | 'move' | 'object'
  proposed: string | null
  reason: string
  note: string
}
export interface Given extends Answer {
  agency_id: string
  at: string
  who: string
}
export interface AskedVisit {
  visit: Visit
  answers: Given[]
}
export interface Proposal {
  visit: string
  kind: 'pin' | 'move' | 'decide'
  day: string | null
  asked: boolean
  operations: PatchStep[]
  rules: string[]
  answers: Given[]
}
export interface Offer {
  id: string
  tasks: string[]
  agency: string
  agency_name: string
  own: boolean
  entries_saved: number
  days: string[]
  clauses: string[]
  text: string
}
export interface SiteOffers {
  tasks: string[]
  days: string[]
  site_id: string
  site_name: string
  town: string
  turn: number
  suggestions: Offer[]
  not_settled: string
}
export interface PlannedEntry {
  month: string
  plan: string
  visit: string | null
  day: string
  half: string | null
  slot: { start: string; end: string } | null
  agencies: string[]
  items: string[]
  joint: boolean
  unannounced: boolean
  why: Why[]
}
export interface SiteEntries {
  site: Site
  past: { day: string; agency: string; agency_name: string; planned: boolean; result: string }[]
  planned: PlannedEntry[]
}
export interface GateAnswer {
  day: string
  verdict: 'yes' | 'no' | 'if' | 'unknown'
  tasks: string[]
  barriers: { rule: string; clauses: string[]; text: string; remedy: string; waivable: boolean }[]
  text: string
  otherwise: { day: string | null; text: string } | null
}
export interface PublicVisit {
  day: string
  half: string | null
  site: string
  town: string
  agencies: string[]
  items: string[]
  joint: boolean
}
export interface Decline {
  id: number
  agency_id: string
  site_id: string
  code_name: string
  reason: string
  entries: number
  at: string
  who: string
  clauses: string[]
}
export interface Account {
  id: string
  login: string
  name: string
  role: string
  agency_id: string | null
  town: string | null
  active: boolean
  held_by: string | null
  version: number
}
export interface Token {
  id: string
  label: string
  scopes: string[]
  expires_at: string
  used_at: string | null
  revoked_at: string | null
}
export interface Ledger {
  site_name: string
  next_verdict: string
  next_lawful: string | null
  open_tasks: string[]
  past: { day: string; agency_name: string; planned: boolean; result: string }[]
  coming: { day: string; agencies: { id: string; name: string }[] }[]
  quotas: { domain: string; remaining: number | null; gap_months: number; clauses: string[] }[]
}
export interface Verdict {
  day: string | null
  lawful: boolean
  entries: number
  left_out: number
  breaches: Breach[]
}
export interface Notice {
  agency: string
  changes: { task: string; site: string; kind: string; before: string | null; after: string | null; text_zh: string }[]
  why_zh: string
  clauses: string[]
  text_zh: string
}
export interface Replanned {
  changed_visits: { site: string; day: string }[]
  proven: boolean
  left_out: number[]
  entries: number
  notices: Notice[]
}
export interface Triggered {
  id: string
  month: string
  site_id: string
  agency_id: string
  items: string[]
  day: string
  source: string
  urgent: boolean
  code: string
  coded_on: string | null
  code_due: string | null
  code_state: string
  code_clauses: string[]
  riders: { task: string; unit_name: string; clauses: string[]; booked: boolean }[]
  absorbed: { task: string; clauses: string[]; text: string; done: boolean }[]
  entries_saved: number
  forward: { day: string; unit_names: string[]; whole: boolean; clauses: string[]; text: string; booked: boolean }[]
  forward_saved: number
  staying: { task: string; unit_name: string; clauses: string[]; text: string }[]
  overfull: boolean
  note: string
  warned: { into: string; clauses: string[]; text: string; filing: string | null } | null
  version: number
}
export interface Report {
  id: number
  agency_id: string
  event: Record<string, unknown>
  reason: string
  at: string
  version: string | null
}
export interface Removal {
  site_id: string
  name: string
  document_no: string
  reason: string
  who: string
  at: string
  clauses: string[]
}
export interface SupervisionGround {
  agency_id: string
  agency_name: string
  ground: string
  mandatory: boolean
  results: string[]
  day: string
  text: string
  clauses: string[]
}
export interface SupervisionCase {
  case_id: string
  agency_id: string
  state: string
  state_zh: string
  due: string | null
  draft: boolean
  next: string[]
  results: string[]
  clauses: string[]
  steps: { step: string; date: string; results: string[]; note: string; document_no: string; reply_by: string | null; by: string }[]
}
export interface OfferedDays {
  site_id: string
  day: string
  lead: { id: string; name: string }
  agencies: { id: string; name: string }[]
  items: { day: string; entries: number }[]
  clauses: string[]
}
export interface SiteRequest {
  id: string
  month: string
  site_id: string
  site_name: string
  day: string
  kind: 'another-day' | 'apart'
  agency_id: string
  days: string[]
  channel: string
  asked_on: string
  reason: string
  lead: { id: string; name: string }
  agencies: { id: string; name: string }[]
  due: string
  state: string
  state_zh: string
  entered_by: string
  at: string
  answer: { answer: 'accept' | 'refuse'; day: string | null; reason: string; by: string; at: string } | null
  may_answer: boolean
  event: Record<string, unknown> | null
  version: string | null
  clauses: string[]
}
export interface ResultRow {
  id: string
  agency_id: string
  agency_name: string
  unit_id: string
  site_id: string
  site_name: string
  date: string
  trigger: string
  mode: string
  result: string
  check_code: string
  recorded_at: string
  version: number
}
export interface MissingResult {
  visit: string
  site_id: string
  site_name: string
  agency_id: string
  units: string[]
  items: string[]
  day: string
  due: string | null
  late: boolean
  hard: boolean
  check_code: string
  code_applied_at: string
  clauses: string[]
}
export interface ResultTodos {
  since: string
  until: string
  missing: MissingResult[]
  todos: { kind: string; site_id: string; agency_id: string; day: string; result: string; text: string; clauses: string[] }[]
  findings: Finding[]
}
export interface AbsorptionOffer {
  site_id: string
  site_name: string
  agency_id: string
  agency_name: string
  day: string
  until: string
  items: string[]
  filings: string[]
  answer: 'accept' | 'decline' | null
  by: string
  clauses: string[]
  version: number
}
export interface CodesTaken {
  taken: number
  results: number
  wrong: { row: number; task: string; code: string; detail: string; clauses: string[] }[]
}
export interface DutyItem {
  agency_id: string
  agency_name: string
  section: string
  section_name: string
  row: number
  period: string
  due: string
  done_on: string | null
  evidence: string
  state: 'open' | 'done' | 'late' | 'waived'
  days_left: number | null
  remind: boolean
  clauses: string[]
  assumed: boolean
  text: string
  version: number
}
export interface DutyList {
  year: number
  on: string
  counts: Record<string, number>
  items: DutyItem[]
}
export interface EvaluationFigure {
  key: string
  name: string
  cut: string
  value: string
  value_name: string
  numerator: number
  denominator: number | null
  ratio: number | null
  of: [string, string]
  clauses: string[]
}
export interface Evaluation {
  period: string
  from: string
  to: string
  base: number
  formulas: string
  at: string
  stale: boolean
  checks: number
  figures: EvaluationFigure[]
  compared: {
    cut: string
    value: string
    value_name: string
    planned: [number, number]
    triggered: [number, number]
    change: number | null
    total_change: number | null
    relabelled: boolean
    text: string
    documents: string[]
    clauses: string[]
  }[]
  burdened: { site_id: string; site_name: string; checks: number; entries: number }[]
}
export interface YearRow {
  id: string
  year: string
  first: string
  published: string[]
  state: string
  created_at: string
  ended_at: string | null
}
export interface UnitWeek {
  unit: string
  unit_name: string
  first: string
  until: string
  used: number
  room: number
  due: number
  done: number
}
export interface YearPlan extends YearRow {
  found: {
    plan_hash: string
    rulebook_version: string
    status: string
    tasks: number
    scheduled: number
    left_out: number[]
    levels: { name: string; value: number; bound: number | null }[]
    months: { month: string; days: number; entries: number; joint_visits: number; tasks: number; published: boolean; left_out: number }[]
    weeks: UnitWeek[]
    notes: string[]
  } | null
}
