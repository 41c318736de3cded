/** Requests to the service: problems become errors that a person can read, writes carry the session's token. */

import type { Listed, Problem } from './types'

export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title)
  }
}

const LOST: Problem = {
  status: 0,
  title: '连接不上服务',
  detail: '请检查网络，或请管理员确认服务正在运行，然后重试。',
  code: 'offline',
  clauses: [],
}

export function csrf(): string {
  return /(?:^|; )planner_csrf=([^;]*)/.exec(document.cookie)?.[1] ?? ''
}

/** Told when the service no longer knows who asks: the session has ended. */
let expired: () => void = () => {}
export function onExpired(told: () => void): void {
  expired = told
}

async function send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const form = body instanceof FormData
  const all: Record<string, string> = { Accept: 'application/json', ...headers }
  if (method !== 'GET') all['X-CSRF-Token'] = csrf()
  if (body !== undefined && !form) all['Content-Type'] = 'application/json'
  let answer: Response
  try {
    const content = body === undefined ? undefined : form ? body : JSON.stringify(body)
    answer = await fetch(`/v1${path}`, { method, headers: all, body: content, credentials: 'same-origin' })
  } catch {
    throw new ApiError(LOST)
  }
  if (answer.ok) return answer
  const told = (await answer.json().catch(() => null)) as Problem | null
  if (answer.status === 401 && told?.code === 'login') expired()
  throw new ApiError(told ?? { ...LOST, status: answer.status, title: '服务出错', detail: `服务回答 ${answer.status}。请稍后重试。` })
}

export async function get<T>(path: string): Promise<T> {
  return (await send('GET', path)).json()
}
/** A file as it is, such as a record whose every digit counts. */
export async function text(path: string): Promise<string> {
  return (await send('GET', path)).text()
}
/** What is edited together with its version, for If-Match. */
export async function getVersion<T>(path: string): Promise<{ value: T; version: string }> {
  const answer = await send('GET', path)
  return { value: await answer.json(), version: answer.headers.get('ETag') ?? '' }
}
export async function put<T>(path: string, body: unknown, version: string): Promise<T> {
  return (await send('PUT', path, body, { 'If-Match': version })).json()
}
export async function patch<T>(path: string, body: unknown, version: string): Promise<T> {
  return (await send('PATCH', path, body, { 'If-Match': version })).json()
}
export async function post<T>(path: string, body?: unknown, headers?: Record<string, string>): Promise<T> {
  return (await send('POST', path, body, headers)).json()
}
export async function remove<T>(path: string): Promise<T> {
  return (await send('DELETE', path)).json()
}

/** All items of a list, page by page; `told` gets how many there are so far. */
export async function all<T>(path: string, told: (count: number) => void = () => {}): Promise<T[]> {
  const found: T[] = []
  let cursor: string | null = null
  do {
    const mark: string = path.includes('?') ? '&' : '?'
    const after: string = cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''
    const page: Listed<T> = await get(`${path}${mark}limit=500${after}`)
    found.push(...page.items)
    cursor = page.next
    told(found.length)
  } while (cursor)
  return found
}
