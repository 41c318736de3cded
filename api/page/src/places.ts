/** Where towns lie, on a plain drawing: the middle of some of their sites, no map behind it. */

import { get } from './api'
import type { Listed, Site } from './types'

const SAMPLE = 60

export interface Place {
  town: string
  x: number
  y: number
}
type Point = { town: string; lon: number; lat: number }

/** The middle of up to 60 sites of each town; towns whose sites have no position are left out. */
export async function townsAt(towns: string[]): Promise<Point[]> {
  const asked = towns.map(async (town) => {
    const sites = (await get<Listed<Site>>(`/sites?town=${encodeURIComponent(town)}&limit=${SAMPLE}`)).items
    const [lon, lat] = [median(sites.map((site) => site.lon)), median(sites.map((site) => site.lat))]
    return lon === null || lat === null ? [] : [{ town, lon, lat }]
  })
  return (await Promise.all(asked)).flat()
}

function median(values: (number | null)[]): number | null {
  const found = values.filter((one): one is number => one !== null).sort((a, b) => a - b)
  return found[Math.floor(found.length / 2)] ?? null
}

/** Points onto a sheet, north up, as large as fits; towns without a position in a row below. */
export function onSheet(points: Point[], towns: string[], width: number, height: number, margin: number): Place[] {
  const squeeze = Math.cos(((points[0]?.lat ?? 0) * Math.PI) / 180)
  const xs = points.map((point) => point.lon * squeeze)
  const ys = points.map((point) => -point.lat)
  const [left, top] = [Math.min(...xs), Math.min(...ys)]
  const span = Math.max((Math.max(...xs) - left) / (width - 2 * margin), (Math.max(...ys) - top) / (height - 3 * margin), 1e-9)
  const indent = (width - (Math.max(...xs) - left) / span) / 2
  const placed = points.map((point, place) => ({
    town: point.town,
    x: indent + (xs[place]! - left) / span,
    y: margin + (ys[place]! - top) / span,
  }))
  const lost = towns.filter((town) => !points.some((point) => point.town === town))
  const step = width / (lost.length + 1)
  return [...placed, ...lost.map((town, place) => ({ town, x: step * (place + 1), y: height - margin }))]
}
