/** Who is logged in, for all screens. */

import { reactive } from 'vue'

import { csrf, get, post, remove } from './api'
import type { Me } from './types'

export const session = reactive<{ me: Me | null; asked: boolean }>({ me: null, asked: false })

export function may(operation: string): boolean {
  return session.me?.operations.includes(operation) ?? false
}

/** Ask once who is there. Without the session's cookie nobody is, and the service need not be asked. */
export async function recall(): Promise<void> {
  if (session.asked) return
  session.asked = true
  if (!csrf()) return
  try {
    session.me = await get<Me>('/session')
  } catch {
    session.me = null
  }
}

export async function login(name: string, password: string): Promise<void> {
  session.me = await post<Me>('/session', { login: name, password })
  session.asked = true
}

export async function logout(): Promise<void> {
  await remove('/session')
  session.me = null
}
