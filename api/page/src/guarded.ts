/** Work that may fail: who waits is told so, a failure stays to be shown, and what was said before it is gone. */

import { ref } from 'vue'

export function useGuarded() {
  const busy = ref(false)
  const error = ref<unknown>(null)
  const said = ref('')
  async function guarded(work: () => Promise<void>) {
    busy.value = true
    error.value = null
    said.value = ''
    try {
      await work()
    } catch (caught) {
      error.value = caught
    } finally {
      busy.value = false
    }
  }
  return { busy, error, said, guarded }
}
