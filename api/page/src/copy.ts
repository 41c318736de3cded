/** Tables that leave the page: pasted into Excel, or saved as a file that Excel opens. */

import { ElMessage } from 'element-plus'

import { count } from './text'

/** A cell on one line; one that a spreadsheet would take for a formula is made plain text. */
function plain(cell: string): string {
  const flat = cell.replace(/[\t\r\n]+/g, ' ')
  return /^[=+\-@]/.test(flat) ? `'${flat}` : flat
}

/** Rows as text that pastes into Excel in columns. */
export const pasteable = (rows: string[][]): string => rows.map((row) => row.map(plain).join('\t')).join('\n')

/** Rows as CSV, with the mark by which Excel knows its encoding. */
export const csv = (rows: string[][]): string =>
  '\ufeff' + rows.map((row) => row.map((cell) => `"${plain(cell).replaceAll('"', '""')}"`).join(',')).join('\r\n')

/** Put rows, their header first, on the clipboard and say so. */
export async function copyRows(rows: string[][]): Promise<void> {
  try {
    await navigator.clipboard.writeText(pasteable(rows))
    ElMessage.success(`已复制 ${count(rows.length - 1)} 行，可在 Excel 中粘贴`)
  } catch {
    ElMessage.error('浏览器不允许复制。请改用下载。')
  }
}

/** Put one text, such as the address of what is seen, on the clipboard and say so. */
export async function copyText(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    ElMessage.success(`已复制${what}`)
  } catch {
    ElMessage.error('浏览器不允许复制。请从地址栏复制。')
  }
}

/** Save rows as a file that Excel opens. */
export function saveRows(name: string, rows: string[][]): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([csv(rows)], { type: 'text/csv' }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
