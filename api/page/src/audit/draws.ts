/** A month's draws replayed from their record, apart from the service: frozen list, commitments, seed, order, who was drawn. */

import { byPoint, canonical, Digits, type Fields, fields, hasKeys, hmac, type Json, list, need, parse, sha, shaOf, whole, word } from './canonical'

const FORMAT = 'joint-inspection-draws/1'
const LISTED = ['draw_id', 'filing_id', 'agency_id', 'month', 'frozen_on', 'frame', 'ratio', 'reserves']
const OTHERS = ['bureau_nonce', 'agency_nonce', 'commitments', 'committed', 'list_hash', 'seed', 'order_hash', 'strata', 'replacements']
const REASONS = ['closed', 'suspended', 'moved', 'not_found']
const [PARTS, HEAVIEST, BITS] = [10_000, 10 ** 9, 256]

export type DrawCode =
  | 'file' | 'form' | 'chain' | 'repeated' | 'commitment' | 'late' | 'list' | 'seed' | 'order' | 'drawn' | 'replacement' | 'uncommitted'
export interface DrawsFound {
  /** What is wrong, and `uncommitted`, which is only to be noticed. */
  problems: { code: DrawCode; draw: string }[]
  draws: number
}
interface Row { site: string; grade: string; weight: number }
interface Stratum { grade: string; drawn: string[]; reserves: string[] }

/** A value as a text, as Python writes it: what is no text can stand in a forged file only. */
const spoken = (value: Json | undefined): string => {
  if (typeof value === 'string') return value
  if (value instanceof Digits) return value.text
  return value === true ? 'True' : value === false ? 'False' : value == null ? 'None' : canonical(value)
}
const rising = (texts: string[]) => texts.every((one, n) => !n || byPoint(texts[n - 1]!, one) < 0)
const isDate = (text: string) => {
  const found = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : null
  return found !== null && !Number.isNaN(found.getTime()) && found.toISOString().startsWith(text)
}

/** The sites of a stratum in the order of the draw: one by one by weight, none twice. `sums` is a tree of weights. */
export async function randomOrder(rows: Row[], sign: (text: string) => Promise<string>, grade: string): Promise<Row[]> {
  let size = 1
  while (size <= rows.length) size *= 2
  const sums = new Array<number>(2 * size).fill(0)
  rows.forEach((row, n) => (sums[size + n] = row.weight))
  for (let node = size - 1; node > 0; node--) sums[node] = sums[2 * node]! + sums[2 * node + 1]!
  need(sums[1]! <= Number.MAX_SAFE_INTEGER)
  const order: Row[] = []
  for (let counter = 0; sums[1]; counter++) {
    const bits = (sums[1] - 1).toString(2).length - (sums[1] === 1 ? 1 : 0)
    let number = Number(BigInt(`0x${await sign(`${grade}:${counter}`)}`) >> BigInt(BITS - bits))
    if (number >= sums[1]) continue
    let node = 1
    while (node < size) {
      node *= 2
      if (number >= sums[node]!) number -= sums[node++]!
    }
    const weight = sums[node]!
    order.push(rows[node - size]!)
    for (; node; node = Math.floor(node / 2)) sums[node]! -= weight
  }
  return order
}

function checkForm(draw: Fields): void {
  const rows = list(draw.frame).map(list)
  const ids = rows.map((row) => word(row[0]))
  const commitments = list(draw.commitments).map(fields)
  const holders = commitments.map((one) => word(one.holder))
  const rest = Object.fromEntries(Object.entries(draw).filter(([key]) => key !== 'last'))
  need(hasKeys(rest, ...LISTED, ...OTHERS) && rising(ids) && rising(holders))
  for (const key of ['filing_id', 'month', 'frozen_on']) word(draw[key])
  need(word(draw.draw_id) && word(draw.agency_id) !== 'bureau')
  for (const row of rows) need(row.length === 3 && word(row[1]) !== '*' && whole(row[2]) >= 1 && whole(row[2]) <= HEAVIEST)
  if ('last' in draw) {
    const last = list(draw.last).map(word)
    need(last.length && rising(last) && last.every((one) => ids.includes(one)))
  }
  need(whole(draw.reserves) >= 0)
  for (const parts of Object.values(fields(draw.ratio))) need(whole(parts) >= 0 && whole(parts) <= PARTS)
  for (const one of commitments) need(hasKeys(one, 'holder', 'commitment', 'committed_on') && typeof one.commitment === 'string')
  for (const day of [draw.frozen_on, ...commitments.map((one) => one.committed_on)]) need(isDate(word(day)))
  need(word(draw.bureau_nonce) && word(draw.agency_nonce))
  need(holders.every((one) => one === 'bureau' || one === draw.agency_id) && draw.committed === (holders.length === 2))
}

function checkReplacements(draw: Fields, strata: Stratum[]): void {
  const active = strata.map((one) => new Set(one.drawn))
  const turn = strata.map((one) => [...one.reserves])
  for (const step of list(draw.replacements).map(fields)) {
    const at = active.findIndex((sites) => sites.has(word(step.site_id)))
    need(at >= 0 && hasKeys(step, 'site_id', 'reason', 'reserve'))
    need(REASONS.includes(word(step.reason)) && turn[at]!.length && step.reserve === turn[at]!.shift())
    active[at]!.delete(word(step.site_id))
    active[at]!.add(word(step.reserve))
  }
}
function fails(check: () => void): boolean {
  try {
    check()
    return false
  } catch {
    return true
  }
}

/** Codes of what is wrong with a draw; each step starts from the recorded result of the step before. */
export async function checkDraw(draw: Fields): Promise<DrawCode[]> {
  if (fails(() => checkForm(draw))) return ['form']
  const ratio = fields(draw.ratio)
  const commitments = list(draw.commitments).map(fields)
  const last = new Set('last' in draw ? list(draw.last).map(word) : [])
  const groups = new Map<string, Row[]>()
  for (const row of list(draw.frame).map(list)) {
    const [site, grade, weight] = [word(row[0]), word(row[1]), whole(row[2])]
    const group = grade in ratio ? grade : '*'
    if (!groups.has(group)) groups.set(group, [])
    groups.get(group)!.push({ site, grade, weight })
  }
  const sign = await hmac(spoken(draw.seed))
  const [orders, told, strata]: [Json[], Json[], Stratum[]] = [[], [], []]
  for (const grade of [...groups.keys()].filter((one) => one in ratio).sort(byPoint)) {
    const drawnOrder = await randomOrder(groups.get(grade)!, sign, grade)
    const order = [...drawnOrder.filter((row) => !last.has(row.site)), ...drawnOrder.filter((row) => last.has(row.site))]
    const first = Math.ceil((whole(ratio[grade]) * order.length) / PARTS)
    const drawn = order.slice(0, first).map((row) => row.site)
    const spare = first ? order.slice(first, first + whole(draw.reserves)) : []
    const reserves = spare.map((row, n) => ({ site_id: row.site, grade: row.grade, rank: n + 1 }))
    told.push({ grade, ratio: ratio[grade]!, sites: order.length, drawn, reserves })
    strata.push({ grade, drawn, reserves: spare.map((row) => row.site) })
    orders.push([grade, order.map((row) => row.site)])
  }
  const committed = await Promise.all(
    commitments.map(async (one) => (await sha(word(one.holder === 'bureau' ? draw.bureau_nonce : draw.agency_nonce))) === one.commitment),
  )
  const frozen = Object.fromEntries([...LISTED, ...(last.size ? ['last'] : [])].map((key) => [key, draw[key]!]))
  const wrong: [DrawCode, boolean][] = [
    ['commitment', committed.includes(false)],
    ['late', commitments.some((one) => word(one.committed_on) >= word(draw.frozen_on))],
    ['list', (await shaOf(frozen)) !== draw.list_hash],
    ['seed', (await shaOf([draw.bureau_nonce!, draw.agency_nonce!, draw.list_hash!])) !== draw.seed],
    ['order', (await shaOf(orders)) !== draw.order_hash],
    ['drawn', canonical(told) !== canonical(draw.strata!)],
    ['uncommitted', !draw.committed],
    ['replacement', fails(() => checkReplacements(draw, strata))],
  ]
  return wrong.filter(([, is]) => is).map(([code]) => code)
}

/** Return all that is wrong with a file of draws. */
export async function verifyDraws(source: string): Promise<DrawsFound> {
  try {
    const book = fields(parse(source))
    need(hasKeys(book, 'format', 'draws', 'chain_hash') && book.format === FORMAT)
    const problems: DrawsFound['problems'] = []
    const seen = new Set<string>()
    let link = await shaOf(FORMAT)
    for (const entry of list(book.draws).map(fields)) {
      const draw = Object.fromEntries(Object.entries(entry).filter(([key]) => key !== 'chain'))
      const name = spoken(draw.draw_id)
      link = await shaOf([link, draw])
      const keys = [canonical([name]), canonical([spoken(draw.filing_id), spoken(draw.month)])]
      const codes = await checkDraw(draw)
      if (entry.chain !== link) codes.push('chain')
      if (keys.some((key) => seen.has(key))) codes.push('repeated')
      keys.forEach((key) => seen.add(key))
      problems.push(...codes.map((code) => ({ code, draw: name })))
    }
    if (book.chain_hash !== link) problems.push({ code: 'chain', draw: '' })
    return { problems, draws: list(book.draws).length }
  } catch {
    return { problems: [{ code: 'file', draw: '' }], draws: 0 }
  }
}
