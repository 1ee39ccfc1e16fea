import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { ROOT, until } from '../../support/platform.ts'
import { noCompose, parseYaml } from '../compose/compose-file.ts'

/** Prometheus and Alertmanager as Debian has them, and the files that they are given. */

/** Why they cannot be run here, or false. */
export const noPrometheus = ((): string | false => {
  for (const program of ['promtool', 'prometheus', 'prometheus-alertmanager'])
    if (spawnSync(program, ['--version']).status !== 0)
      return `no ${program} (apt-get install prometheus prometheus-alertmanager)`
  return noCompose
})()

const RULES = join(ROOT, 'analytics/prometheus/rules')
const DASHBOARDS = join(ROOT, 'analytics/grafana/dashboards')

export interface Rule {
  readonly alert?: string
  readonly record?: string
  readonly expr: string
  for?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

export interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[]
}

/** All rule files of the platform. */
export const readRuleFiles = (): RuleFile[] =>
  readdirSync(RULES).map((file) => parseYaml(readFileSync(join(RULES, file), 'utf8')) as RuleFile)

export const rulesOf = (files: readonly RuleFile[]): Rule[] =>
  files.flatMap(({ groups }) => groups.flatMap(({ rules }) => rules))

/** Our metrics that an expression names; a histogram by its own name. */
export const metricsIn = (expression: string): string[] =>
  [...expression.matchAll(/(?<![\w:])hotspot_\w+/g)].map(([name]) =>
    name.replace(/_(?:bucket|sum|count)$/, ''),
  )

/** Recorded figures that an expression names. */
export const recordsIn = (expression: string): string[] => expression.match(/\b(?:city|site):\w+:\w+/g) ?? []

interface Dashboard {
  readonly uid: string
  readonly title: string
  readonly schemaVersion: number
  readonly editable: boolean
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly query: { query: string } }[]
  }
  readonly panels: readonly {
    readonly id: number
    readonly title: string
    readonly type: string
    readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>
    readonly datasource: { readonly type: string; readonly uid: string }
    readonly targets: readonly { readonly refId: string; readonly expr: string }[]
  }[]
}

/** The dashboards that Grafana is given. */
export const readDashboards = (): Dashboard[] =>
  readdirSync(DASHBOARDS).map((file) => JSON.parse(readFileSync(join(DASHBOARDS, file), 'utf8')) as Dashboard)

/** What a dashboard asks, with a site in the place of its variable. */
export const expressionsOf = ({ panels, templating }: Dashboard): string[] => [
  ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr.replaceAll('$site', 'ho-hoan-kiem'))),
  ...templating.list.map(({ query }) => query.query.replace(/^label_values\((.*), \w+\)$/, '$1')),
]

/** JSON is YAML too. */
export const writeYaml = (file: string, value: unknown): void => writeFileSync(file, JSON.stringify(value))

export interface Program {
  readonly address: string
  /** What its HTTP API answers. */
  ask(path: string): Promise<unknown>
}

/** Starts Prometheus or Alertmanager on a free port of loopback and waits until it is ready; it goes with the test. */
export async function startProgram(
  t: { teardown(work: () => unknown): void },
  program: string,
  words: readonly string[],
): Promise<Program> {
  const address = `127.0.0.1:${await freePort()}`
  const child = spawn(program, [...words, `--web.listen-address=${address}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let printed = ''
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  t.teardown(() => end(child))
  await until(`${program} is ready`, async () => {
    if (child.exitCode !== null) throw new Error(`${program} ended:\n${printed}`)
    return fetch(`http://${address}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    )
  })
  return { address, ask: async (path) => (await fetch(`http://${address}${path}`)).json() }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('close', resolve))
  child.kill('SIGTERM')
  await gone
}

function freePort(): Promise<number> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
