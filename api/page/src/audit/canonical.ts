/** JSON as the service hashes it, read and written a second time: numbers keep their digits, keys are unique and sorted. */

/** A number as it stands in the text: 3 and 3.0 have different hashes. */
export class Digits {
  constructor(readonly text: string) {}
}
export type Json = null | boolean | string | number | Digits | Json[] | { [key: string]: Json }
export type Fields = { [key: string]: Json }

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const STRING = /"(?:[^"\\\u0000-\u001f]|\\.)*"/y
const WORDS = { true: true, false: false, null: null } as const

/** Throws where a condition that the form asks for does not hold. */
export function need(condition: unknown): asserts condition {
  if (!condition) throw new Error('form')
}

/** Read JSON. Throws where it is none, or a key comes twice. */
export function parse(source: string): Json {
  let at = 0
  const space = () => {
    while (' \t\n\r'.includes(source[at] ?? 'x')) at++
  }
  function token(pattern: RegExp): string | null {
    pattern.lastIndex = at
    const found = pattern.exec(source)?.[0] ?? null
    at += found?.length ?? 0
    return found
  }
  const string = () => {
    const found = token(STRING)
    need(found !== null)
    return JSON.parse(found) as string
  }
  /** Parts up to `end`, each read by `part`. */
  function parts(end: string, part: () => void) {
    at++
    space()
    if (source[at] === end) return void at++
    for (;;) {
      space()
      part()
      space()
      const next = source[at++]
      if (next === end) return
      need(next === ',')
    }
  }
  function value(): Json {
    space()
    const first = source[at]
    if (first === '{') {
      const found = new Map<string, Json>()
      parts('}', () => {
        const key = string()
        space()
        need(source[at++] === ':' && !found.has(key))
        found.set(key, value())
      })
      return Object.assign(Object.create(null), Object.fromEntries(found)) as Fields
    }
    if (first === '[') {
      const found: Json[] = []
      parts(']', () => void found.push(value()))
      return found
    }
    if (first === '"') return string()
    for (const [word, meant] of Object.entries(WORDS)) if (source.startsWith(word, at)) return (at += word.length), meant
    const digits = token(NUMBER)
    need(digits !== null)
    return new Digits(digits)
  }
  const found = value()
  space()
  need(at === source.length)
  return found
}

/** Order of texts by code point; that of JavaScript is by halves of pairs. */
export function byPoint(a: string, b: string): number {
  const [left, right] = [[...a], [...b]]
  for (let n = 0; n < Math.min(left.length, right.length); n++) {
    const apart = left[n]!.codePointAt(0)! - right[n]!.codePointAt(0)!
    if (apart) return apart
  }
  return left.length - right.length
}

/** Write a value without spaces, its keys in order. */
export function canonical(value: Json): string {
  if (value instanceof Digits) return value.text
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value !== null && typeof value === 'object')
    return `{${Object.keys(value).sort(byPoint).map((key) => `${JSON.stringify(key)}:${canonical(value[key]!)}`).join(',')}}`
  return JSON.stringify(value)
}

const bytesOf = (text: string) => new TextEncoder().encode(text)
const hex = (bytes: ArrayBuffer) => Array.from(new Uint8Array(bytes), (one) => one.toString(16).padStart(2, '0')).join('')

/** SHA-256 of a text, in hex. */
export const sha = async (text: string): Promise<string> => hex(await crypto.subtle.digest('SHA-256', bytesOf(text)))
/** SHA-256 of a value as it is written. */
export const shaOf = (value: Json): Promise<string> => sha(canonical(value))

/** HMAC-SHA256 under a key: 64 hexadecimal digits for each text. */
export async function hmac(key: string): Promise<(text: string) => Promise<string>> {
  // An empty key is the same as one of nought bytes, which the browser takes.
  const raw = key ? bytesOf(key) : new Uint8Array(1)
  const held = await crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return async (text) => hex(await crypto.subtle.sign('HMAC', held, bytesOf(text)))
}

/** Whether this page may hash: browsers allow it over https and on this machine only. */
export const mayHash = (): boolean => Boolean(globalThis.crypto?.subtle)

export const isFields = (value: Json | undefined): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Digits)
export function fields(value: Json | undefined): Fields {
  need(isFields(value))
  return value
}
export function list(value: Json | undefined): Json[] {
  need(Array.isArray(value))
  return value
}
export function word(value: Json | undefined): string {
  need(typeof value === 'string')
  return value
}
export function whole(value: Json | undefined): number {
  need(value instanceof Digits && /^-?\d+$/.test(value.text))
  return Number(value.text)
}
export const same = (a: Json | undefined, b: Json | undefined): boolean =>
  a !== undefined && b !== undefined && canonical(a) === canonical(b)
export const hasKeys = (value: Fields, ...keys: string[]): boolean =>
  Object.keys(value).length === keys.length && keys.every((key) => key in value)
