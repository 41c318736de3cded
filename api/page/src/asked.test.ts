import { flushPromises } from '@vue/test-utils'
import { afterEach, expect, test, vi } from 'vitest'
import { nextTick, ref } from 'vue'

import { useAsked } from './asked'

vi.mock('./api', () => ({ get: (path: string) => answers(path) }))
const answers = vi.fn<(path: string) => Promise<string>>()
afterEach(() => answers.mockReset())

test('an answer stays until something else is asked about', async () => {
  answers.mockImplementation(async (path) => `answer to ${path}`)
  const about = ref('a')
  const { found, busy, ask } = useAsked<string>(() => about.value)
  const asked = ask()
  expect(busy.value).toBe(true)
  await asked
  expect([found.value, busy.value]).toEqual(['answer to a', false])
  about.value = 'b'
  await nextTick()
  expect(found.value).toBe(null)
})

test('an answer that comes too late is not shown for another question', async () => {
  let tell = (_: string) => {}
  answers.mockReturnValue(new Promise((resolve) => (tell = resolve)))
  const about = ref('a')
  const { found, ask } = useAsked<string>(() => about.value)
  const asked = ask()
  about.value = 'b'
  tell('answer to a')
  await asked
  await flushPromises()
  expect(found.value).toBe(null)
})

test('a failure is kept to be shown', async () => {
  answers.mockRejectedValue(new Error('busy'))
  const { found, error, ask } = useAsked<string>(() => 'a')
  await ask()
  expect([found.value, (error.value as Error).message]).toEqual([null, 'busy'])
})
