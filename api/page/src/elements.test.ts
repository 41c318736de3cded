import { readdirSync, readFileSync } from 'node:fs'

import { expect, it } from 'vitest'

it('registers each element that a template uses, and no other', () => {
  const registered = /ELEMENTS = \{([^}]*)\}/.exec(readFileSync('src/elements.ts', 'utf-8'))![1]!.split(',').map((one) => one.trim())
  const files = (readdirSync('src', { recursive: true }) as string[]).filter((one) => one.endsWith('.vue'))
  const used = files.flatMap((one) => [...readFileSync(`src/${one}`, 'utf-8').matchAll(/<el-([a-z-]+)/g)].map((found) => found[1]!))
  const names = used.map((one) => `El${one.split('-').map((part) => part[0]!.toUpperCase() + part.slice(1)).join('')}`)
  expect([...new Set(names)].sort()).toEqual(registered.sort())
})
