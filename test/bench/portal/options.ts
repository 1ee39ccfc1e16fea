import { parseArgs } from 'node:util'

export interface Options {
  /** Rounds, each of them the peer and ours in turn. */
  readonly pairs: number
  readonly seconds: number
  readonly connections: number
  readonly json: string | null
  readonly writeDocs: boolean
  /** Where processor profiles of the portal go, or null. */
  readonly profile: string | null
}

export const USAGE = `
usage: npm run bench portal -- [options]

  --pairs=7          rounds, each of them the peer and ours in turn
  --seconds=4        length of a round
  --connections=64   phones at a time in the closed loop
  --profile=DIR      processor profiles of the portal's processes
  --json=FILE        every measurement
  --write-docs       the table into docs/performance.md
`

/** Reads the command line, which benches that run together share. @throws Error with a sentence about what is wrong. */
export function readOptions(words: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...words],
    strict: false,
    options: {
      pairs: { type: 'string' },
      seconds: { type: 'string' },
      connections: { type: 'string' },
      profile: { type: 'string' },
      json: { type: 'string' },
      'write-docs': { type: 'boolean' },
    },
  })
  const whole = (name: 'pairs' | 'seconds' | 'connections', otherwise: number): number => {
    const given = values[name] ?? otherwise
    if (!/^[1-9]\d{0,4}$/.test(String(given)))
      throw new Error(`--${name} takes whole numbers of at least 1, not "${String(given)}"`)
    return Number(given)
  }
  return {
    pairs: whole('pairs', 7),
    seconds: whole('seconds', 4),
    connections: whole('connections', 64),
    profile: typeof values.profile === 'string' ? values.profile : null,
    json: typeof values.json === 'string' ? values.json : null,
    writeDocs: values['write-docs'] === true,
  }
}
