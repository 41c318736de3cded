/** The log's chain worked out again from its export, apart from the service: its codes, so that both can be held together. */

import { type Fields, hasKeys, isFields, type Json, need, parse, same, shaOf, whole } from './canonical'

const CONTENT = ['at', 'who', 'what', 'object', 'grounds', 'reserved', 'agency_id', 'salt']
const LINKS = ['seq', 'prev', 'digest', 'hash']
const CHAINS = 2

export type LogCode = 'form' | 'gap' | 'link' | 'content' | 'hash' | 'head'
export interface LogFound {
  problems: { code: LogCode; seq: number }[]
  entries: number
  /** The first chain's head as recomputed. */
  head: { seq: number; hash: string }
}

function read(line: string): Fields {
  try {
    const value = parse(line)
    return isFields(value) ? value : {}
  } catch {
    return {}
  }
}
function inForm(value: Fields): boolean {
  try {
    need(hasKeys(value, ...LINKS, ...('withheld' in value ? ['withheld'] : CONTENT)))
    whole(value.seq)
    return true
  } catch {
    return false
  }
}

/** Return what is wrong with an exported log; after a break the chain is taken up anew from what stands there.
 * `kept` is a head, `seq:hash`, that was told before: a log that has only grown since then passes through it. */
export async function verifyLog(source: string, kept = ''): Promise<LogFound> {
  const start: { seq: number; hash: Json } = { seq: 0, hash: '0'.repeat(64) }
  const problems: LogFound['problems'] = []
  let [last, first, heads, ended, entries, passed] = [start, start, 0, false, 0, kept === '' || kept === `0:${start.hash}`]
  for (const line of source.split('\n').filter(Boolean)) {
    const value = read(line)
    if ('head' in value) {
      heads++
      ended = true
      if (heads === 1) first = last
      if (heads > CHAINS || !same(value.head, { seq: last.seq, hash: last.hash })) problems.push({ code: 'head', seq: last.seq })
      continue
    }
    if (!inForm(value)) {
      problems.push({ code: 'form', seq: last.seq + 1 })
      continue
    }
    if (ended) [last, ended] = [start, false]
    entries++
    const seq = whole(value.seq)
    if (seq !== last.seq + 1) problems.push({ code: 'gap', seq })
    else if (!same(value.prev, last.hash)) problems.push({ code: 'link', seq })
    if (!('withheld' in value)) {
      const content = Object.fromEntries(CONTENT.map((key) => [key, value[key]!]))
      if (value.digest !== (await shaOf(content))) problems.push({ code: 'content', seq })
    }
    if (value.hash !== (await shaOf([value.seq!, value.prev!, value.digest!]))) problems.push({ code: 'hash', seq })
    last = { seq, hash: value.hash! }
    passed ||= kept === `${seq}:${String(last.hash)}`
  }
  if (!ended || !passed) problems.push({ code: 'head', seq: last.seq })
  return { problems, entries, head: { seq: first.seq, hash: String(first.hash) } }
}
