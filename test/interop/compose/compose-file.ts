import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const CLONE = fileURLToPath(new URL('../../../', import.meta.url)).replace(/\/$/, '')

export interface Service {
  readonly image: string
  readonly user?: string
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly secrets?: readonly { readonly source: string }[]
  readonly networks?: Readonly<Record<string, unknown>>
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly tmpfs?: readonly string[]
  readonly read_only?: boolean
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly restart?: string
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
}

export interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>
  readonly secrets: Readonly<Record<string, { readonly file: string }>>
}

/** The parts of the platform that are containers of our own image. */
export const PARTS = ['portal', 'radius-server', 'analytics', 'console'] as const

/**
 * Why the compose file cannot be read here, or false. docker-compose itself resolves it (variables, anchors), so that the
 * test sees what a container would get; PyYAML turns its YAML into JSON, since it comes with docker-compose and a parser
 * of ours would be one more thing to trust.
 */
export const noCompose = ((): string | false => {
  try {
    execFileSync('docker-compose', ['version'], { stdio: 'ignore' })
    execFileSync('python3', ['-c', 'import yaml'], { stdio: 'ignore' })
    return false
  } catch {
    return 'no docker-compose with PyYAML (apt-get install docker-compose)'
  }
})()

/** The compose file as docker-compose understands it, with the folder that its relative paths start from. */
export function readCompose(folder: string, variables: Readonly<Record<string, string>> = {}): Compose {
  const words = ['--project-directory', folder, '-f', join(CLONE, 'docker-compose.yml'), 'config']
  const env = { PATH: process.env['PATH'], ...variables }
  // What it prints is a compose file again, where a dollar sign is written twice.
  const printed = execFileSync('docker-compose', words, { encoding: 'utf8', env }).replaceAll('$$', '$')
  return parseYaml(printed) as Compose
}

export interface PrometheusFile {
  readonly rule_files: readonly string[]
  readonly alerting: {
    readonly alertmanagers: readonly {
      readonly static_configs: readonly { readonly targets: readonly string[] }[]
    }[]
  }
  readonly scrape_configs: readonly {
    readonly job_name: string
    readonly static_configs: readonly { readonly targets: readonly string[] }[]
  }[]
}

export const readPrometheusFile = (): PrometheusFile =>
  parseYaml(readFileSync(join(CLONE, 'config/prometheus.yml'), 'utf8')) as PrometheusFile

export const parseYaml = (yaml: string): unknown =>
  JSON.parse(
    execFileSync(
      'python3',
      ['-c', 'import json,sys,yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)'],
      {
        encoding: 'utf8',
        input: yaml,
      },
    ),
  )

/** What the last stage of the Dockerfile makes of the clone. */
export interface Image {
  /** Paths of the clone and where they are in the image. */
  readonly copies: readonly { readonly from: string; readonly to: string }[]
  readonly environment: Readonly<Record<string, string>>
  readonly workdir: string
  readonly user: string
  readonly entrypoint: readonly string[]
}

export function readDockerfile(): Image {
  const text = readFileSync(join(CLONE, 'Dockerfile'), 'utf8')
  const lines = text
    .slice(text.lastIndexOf('\nFROM '))
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line))
    .map((line) => line.split(/ +/))
  const of = (instruction: string): string[][] =>
    lines.filter(([word]) => word === instruction).map(([, ...rest]) => rest)
  const [workdir = '/'] = of('WORKDIR')[0] ?? []
  return {
    workdir,
    user: of('USER')[0]?.[0] ?? 'root',
    entrypoint: JSON.parse(of('ENTRYPOINT')[0]?.join(' ') ?? '[]') as string[],
    environment: Object.fromEntries(
      of('ENV')
        .flat()
        .map((pair) => pair.split('=') as [string, string]),
    ),
    copies: of('COPY').flatMap((words) => {
      const [to = '', ...sources] = words.filter((word) => !word.startsWith('--')).reverse()
      return sources.map((source) => ({
        // Both stages before it work in /app, on the clone.
        from: join(CLONE, source.replace(/^\/app\//, '')),
        to: to.endsWith('/') ? join(workdir, to, source.slice(source.lastIndexOf('/'))) : join(workdir, to),
      }))
    }),
  }
}

export const networksOf = (service: Service): string[] => Object.keys(service.networks ?? {})
