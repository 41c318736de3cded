import { mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { h, nextTick } from 'vue'

import RowWindow from './RowWindow.vue'

const items = Array.from({ length: 1000 }, (_, place) => ({ id: `r${place}` }))
type Item = { id: string }

function table() {
  return mount(RowWindow, {
    attachTo: document.body,
    props: { items, id: (item: unknown) => (item as Item).id, label: '清单', columns: 1 },
    slots: { default: ({ item }: { item: unknown }) => h('td', h('button', (item as Item).id)) },
  })
}
const rows = (wrapper: ReturnType<typeof table>) => wrapper.findAll('tr[aria-rowindex]').map((row) => row.text())

test('only the rows in sight are drawn, whichever part of the list it is', async () => {
  const wrapper = table()
  expect(rows(wrapper).length).toBeLessThan(40)
  wrapper.element.scrollTop = 500 * 40
  await wrapper.trigger('scroll')
  expect(rows(wrapper)).toContain('r505')
  expect(rows(wrapper)).not.toContain('r1')
  expect(wrapper.find('tr[aria-rowindex="502"]').text()).toBe('r500')
})

test('on paper every row is drawn', async () => {
  const wrapper = table()
  dispatchEvent(new Event('beforeprint'))
  await nextTick()
  expect(rows(wrapper)).toHaveLength(1000)
  dispatchEvent(new Event('afterprint'))
  await nextTick()
  expect(rows(wrapper).length).toBeLessThan(40)
})

test('arrow keys walk from row to row', async () => {
  const wrapper = table()
  const [first, second] = wrapper.findAll<HTMLButtonElement>('button')
  first!.element.focus()
  await first!.trigger('keydown', { key: 'ArrowDown' })
  expect(document.activeElement).toBe(second!.element)
  await second!.trigger('keydown', { key: 'ArrowUp' })
  expect(document.activeElement).toBe(first!.element)
})
