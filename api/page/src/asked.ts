/** A question that is asked on demand: with another one the answer is gone, and a late answer to the one before stays away. */

import { shallowRef, watch } from 'vue'

import { get } from './api'
import { useGuarded } from './guarded'

export function useAsked<T>(path: () => string) {
  const found = shallowRef<T | null>(null)
  const { busy, error, guarded } = useGuarded()
  watch(path, () => {
    found.value = null
    error.value = null
  })
  const ask = () =>
    guarded(async () => {
      const asked = path()
      const told = await get<T>(asked)
      if (asked === path()) found.value = told
    })
  return { found, busy, error, ask }
}
