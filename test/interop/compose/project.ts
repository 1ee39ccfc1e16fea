import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findPostgres, postgresPackage } from '../../../core/process/embedded/postgres-binaries.ts'
import { cityFile, SITE } from './city.ts'
import { CLONE, networksOf, readCompose, readDockerfile, type Compose, type Service } from './compose-file.ts'
import type { Container, RunningContainer } from './container.ts'
import { Lab } from './lab.ts'
import { Peer } from './peer.ts'

/** Four parts and two stores start on a machine that may have other work. */
const PATIENCE_MS = 90_000

/** The compose file brought to life in a laboratory. */
export class Project {
  readonly secret = randomBytes(18).toString('hex')
  readonly #lab: Lab
  readonly #compose: Compose
  readonly #image = readDockerfile()
  readonly #running = new Map<string, RunningContainer>()
  readonly #was: [string, string][] = []

  private constructor(lab: Lab, compose: Compose) {
    this.#lab = lab
    this.#compose = compose
  }

  static async open(): Promise<Project> {
    const { services } = readCompose(CLONE)
    const members = Object.fromEntries(
      Object.entries(services).map(([name, service]) => [name, networksOf(service)] as const),
    )
    const lab = await Lab.open({
      ...members,
      visitor: ['front'],
      gateway: ['front'],
      stranger: ['front'],
      desk: ['staff'],
    })
    makeSecrets(lab.folder)
    const addresses = {
      PORTAL_URL: 'http://wifi.hanoi.example',
      PORTAL_TLS_URL: 'https://wifi.hanoi.example',
    }
    const project = new Project(lab, readCompose(lab.folder, addresses))
    project.writeCity()
    return project
  }

  get certificate(): string {
    return readFileSync(join(this.#lab.folder, 'secrets/portal-tls.crt'), 'utf8')
  }

  /** As the hook of an ACME client does it: over the files that the container has, not in their place. */
  renewCertificate(): void {
    makeSecrets(join(this.#lab.folder, 'renewed'))
    for (const name of ['portal-tls.crt', 'portal-tls.key'])
      copyFileSync(join(this.#lab.folder, 'renewed/secrets', name), join(this.#lab.folder, 'secrets', name))
  }

  addressIn(name: string, network: string): string {
    return this.#lab.addressIn(name, network)
  }

  writeCity(more?: { id: string; address: string }): void {
    const gateway = this.addressIn('gateway', 'front')
    const file = join(this.#lab.folder, 'secrets/city.json')
    writeFileSync(file, cityFile({ secret: this.secret, gateway, ...(more && { more }) }))
  }

  async startStores(): Promise<void> {
    await Promise.all(['redis', 'postgres'].map((name) => this.start(name)))
    for (const name of ['redis', 'postgres'])
      await until(`${name} is healthy`, async () => (await this.health(name)) === 0)
  }

  async start(name: string): Promise<void> {
    const service = this.#compose.services[name]!
    const before = this.#running.get(name)
    if (before) this.#was.push([`${name}, before`, before.output])
    this.#running.set(name, await this.#lab.start(this.#containerOf(name, service)))
  }

  /** The exit code of the service's own health check. */
  async health(name: string): Promise<number> {
    const [kind, ...words] = this.#compose.services[name]!.healthcheck!.test
    const running = this.#running.get(name)!
    const { code } = await running.exec(kind === 'CMD-SHELL' ? ['sh', '-c', words[0]!] : words)
    // This machine may have no pg_isready; PostgreSQL says itself when it takes connections.
    const isMissing = code === 127 && words[0] === 'pg_isready'
    return isMissing && running.output.includes('ready to accept connections') ? 0 : code
  }

  hasEnded(name: string): boolean {
    return this.#running.get(name)!.hasEnded
  }

  kill(name: string, signal: NodeJS.Signals = 'SIGKILL'): Promise<string> {
    return this.#running.get(name)!.kill(signal)
  }

  /** `docker-compose exec console ./hotspot voucher create …` */
  async makeCodes(count: number): Promise<string[]> {
    const words = [
      'voucher',
      'create',
      '--site',
      SITE,
      '--count',
      String(count),
      '--seconds',
      '7200',
      '--json',
    ]
    const { code, stdout, stderr } = await this.#running.get('console')!.exec(['./hotspot', ...words])
    if (code !== 0) throw new Error(`no codes: ${stderr}`)
    return (JSON.parse(stdout) as { code: string }[]).map((each) => each.code)
  }

  /** Somebody who only sends and receives. */
  async peer(name: string): Promise<Peer> {
    const container = await this.#lab.start({
      name,
      user: '65534:65534',
      environment: {},
      workdir: '/',
      command: ['node', '/peer.mjs'],
      readOnly: true,
      binds: [{ from: join(CLONE, 'test/interop/compose/peer.mjs'), to: '/peer.mjs' }],
      tmpfs: [],
    })
    this.#running.set(name, container)
    return new Peer(container)
  }

  volume(name: string): string {
    return join(this.#lab.folder, 'volumes', name)
  }

  outputs(): [string, string][] {
    return [...this.#was, ...[...this.#running].map(([name, { output }]): [string, string] => [name, output])]
  }

  close(): Promise<void> {
    return this.#lab.close()
  }

  #containerOf(name: string, service: Service): Container {
    const secrets = (service.secrets ?? []).map(({ source }) => ({
      from: this.#compose.secrets[source]!.file,
      to: `/run/secrets/${source}`,
    }))
    const volumes = (service.volumes ?? []).map((line) => {
      const [volume = '', to = ''] = line.split(':')
      return { from: this.#makeVolume(volume, service.user!), to, writable: true }
    })
    const shared = {
      name,
      user: service.user!,
      readOnly: service.read_only === true,
      tmpfs: service.tmpfs ?? [],
    }
    const environment = service.environment ?? {}
    const command = service.command ?? []
    if (service.image.startsWith('redis:'))
      return { ...shared, environment, workdir: '/data', command, binds: [...secrets, ...volumes] }
    if (service.image.startsWith('postgres:'))
      return {
        ...shared,
        environment: { ...environment, PATH: postgresPath(), PGDATA: '/var/lib/postgresql/data' },
        workdir: '/',
        command: ['sh', '-ec', POSTGRES_ENTRYPOINT],
        binds: [...secrets, ...volumes, { from: postgresFolder(), to: '/opt/postgres' }],
      }
    const { copies, workdir, entrypoint } = this.#image
    return {
      ...shared,
      environment: { ...this.#image.environment, ...environment },
      workdir,
      command: [...entrypoint, ...command],
      binds: [...copies, ...secrets, ...volumes],
    }
  }

  /** A new volume belongs to the user whose folder the image has there. */
  #makeVolume(name: string, user: string): string {
    const folder = this.volume(name)
    if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined) {
      const [uid = 0, gid = 0] = user.split(':').map(Number)
      chownSync(folder, uid, gid)
    }
    return folder
  }
}

/** The very commands of docs/operations.md. */
function makeSecrets(folder: string): void {
  const text = readFileSync(join(CLONE, 'docs/operations.md'), 'utf8')
  const recipe = /<!-- tested: test\/interop\/compose -->\n+```sh\n([\s\S]*?)```/.exec(text)?.[1]
  if (recipe === undefined) throw new Error('docs/operations.md has no recipe for the secrets')
  mkdirSync(join(folder, 'config'), { recursive: true })
  copyFileSync(join(CLONE, 'config/hanoi.json'), join(folder, 'config/hanoi.json'))
  execFileSync('sh', ['-eu'], { cwd: folder, input: recipe, stdio: ['pipe', 'ignore', 'pipe'] })
}

/** PostgreSQL's programs, those of the embedded one: this machine has no images. */
function postgresFolder(): string {
  const log = { info() {}, warn() {}, error() {} }
  const spare = () => '/var/lib/hotspot-compose-test'
  return join(findPostgres(postgresPackage(), { uid: 0, gid: 0 }, spare, log).postgres, '../..')
}

/** The embedded one comes without pg_isready; Debian's is where its packages put it. */
function postgresPath(): string {
  const debian = '/usr/lib/postgresql'
  const folders = readdirIfThere(debian).map((version) => `${debian}/${version}/bin`)
  return ['/opt/postgres/bin', ...folders, '/usr/bin', '/bin', '/usr/sbin'].join(':')
}

function readdirIfThere(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** What the entrypoint of the image does when it is not root. */
const POSTGRES_ENTRYPOINT = `
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  initdb -D "$PGDATA" -U "$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE" $POSTGRES_INITDB_ARGS
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  echo "create database $POSTGRES_DB" | postgres --single -D "$PGDATA" postgres
fi
exec postgres -D "$PGDATA" -c 'listen_addresses=*' -c unix_socket_directories=/var/run/postgresql`

/** Waits until it is so. @throws when that takes too long. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE_MS
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`not in ${PATIENCE_MS / 1000} s: ${what}`)
    await sleep(250)
  }
}
