import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What of V8's processor profiles is read. */
interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

const SHOWN = 30

/** The functions in which the workers spent most of their busy time, from the newest profiles of a folder. */
export function hottest(folder: string, workers: readonly number[]): string {
  const names = readdirSync(folder).filter((name) => workers.some((pid) => name.includes(`.${pid}.`)))
  return names.map((name) => `${join(folder, name)}\n${ownTimes(join(folder, name))}`).join('\n\n')
}

function ownTimes(file: string): string {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8')) as Profile
  const places = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
      id,
      `${functionName || '(anonymous)'} ${url.split('/').slice(-2).join('/')}:${lineNumber + 1}`,
    ]),
  )
  const own = new Map<string, number>()
  let busy = 0
  samples.forEach((id, i) => {
    const place = places.get(id) ?? '?'
    if (place.startsWith('(idle)')) return
    const micros = timeDeltas[i] ?? 0
    own.set(place, (own.get(place) ?? 0) + micros)
    busy += micros
  })
  return [...own]
    .sort(([, a], [, b]) => b - a)
    .slice(0, SHOWN)
    .map(([place, micros]) => `${((100 * micros) / busy).toFixed(1).padStart(5)} %  ${place}`)
    .join('\n')
}
