import { expect, test } from 'vitest'

import { useGuarded } from './guarded'

test('a failure stays to be shown, and the next try begins without it and without what was said', async () => {
  const { busy, error, said, guarded } = useGuarded()
  const lost = new Error('lost')
  said.value = '已登记'
  const first = guarded(() => Promise.reject(lost))
  expect([busy.value, said.value]).toEqual([true, ''])
  await first
  expect([busy.value, error.value]).toEqual([false, lost])
  await guarded(async () => void (said.value = '已预定'))
  expect([busy.value, error.value, said.value]).toEqual([false, null, '已预定'])
})
