import { join } from 'node:path'
import { rmSync } from 'node:fs'
import { AggregatorRegistry } from 'prom-client'
import { localAddresses } from '../../core/process/addresses.ts'
import { hasDemoSecret, readCityFile, shortSecrets } from '../../core/process/city-file.ts'
import { keysOf } from '../../core/process/keys.ts'
import { createLog } from '../../core/process/log.ts'
import { repeat } from '../../core/process/lifecycle.ts'
import type { Settings } from '../../core/process/settings.ts'
import { openRecords } from '../../core/records/database.ts'
import { openStore } from '../../core/store/redis.ts'
import { Child, type Instruction } from './child.ts'
import { freeUdpPort } from './free-port.ts'
import type { Role } from './messages.ts'
import { playedClock } from './played-clock.ts'
import { RadiusTeam } from './radius-team.ts'
import { firstPerson, seed } from './seed.ts'
import { startServices, writeByRename } from './services.ts'
import { startStatusServer } from './status-server.ts'

/** A platform that runs: where each part listens, and how to end it. */
export interface Platform {
  readonly ports: Readonly<Record<string, number>>
  readonly passwordFile: string | null
  readonly describe: { readonly redis: string; readonly database: string }
  readonly leftOut: readonly string[]
  /** What there is to say of the NASes' RADIUS secrets. */
  readonly shortSecrets: string | null
  stop(): Promise<void>
}

const HEALTH_EVERY_MS = 1000
const RESTART_AFTER_MS = 1000

/**
 * Starts the roles as processes of their own, keeps them running, and serves their merged metrics and health.
 * @throws SetupError, or the sentence of the process that could not start; nothing is left running then.
 */
export async function startPlatform(
  settings: Settings,
  roles: readonly Role[],
  say: (line: string) => void,
): Promise<Platform> {
  const log = createLog(settings.logLevel, 'hotspot')
  const file = readCityFile(settings.configFile, process.env)
  const services = await startServices(settings, say)
  const children = new Map<string, Child>()
  const closing: (() => Promise<void>)[] = [() => services.stop()]
  let stopping = false
  const stop = async (): Promise<void> => {
    stopping = true
    rmSync(join(settings.dataFolder, 'run.json'), { force: true })
    await Promise.all([...children.values()].map((child) => child.stop()))
    for (const close of closing.reverse()) await close()
  }
  try {
    const keys = keysOf(services.masterKey)
    const passwordFile = await prepareStores()
    const { masterKey, redisUrl, databaseUrl } = services
    const instruction: Omit<Instruction, 'team'> = { masterKey, redisUrl, databaseUrl }
    const radiusTeam = new RadiusTeam(settings.radiusWorkers, localAddresses(settings.hosts))
    const names = roles.flatMap((role) => (role === 'radius-server' ? radiusTeam.names : [role]))
    const notReady = new Map<string, string | null>()
    const radiusPorts = await sharedRadiusPorts(settings)
    const played = settings.clock === null ? null : await playedClock(settings.clock, redisUrl, children)
    if (played) closing.push(() => played.stop())
    await startAll(names)

    const status = await startStatusServer({
      host: settings.metricsHost,
      port: settings.metricsPort,
      metrics: async () => {
        const all = await Promise.all([...children.values()].map((child) => child.ask('metrics')))
        return AggregatorRegistry.aggregate(all.filter((each) => each !== undefined) as never).metrics()
      },
      notReady: reason,
      clock: played,
    })
    closing.push(() => status.stop())
    const checking = repeat(HEALTH_EVERY_MS, checkHealth, (error) => log.error(error, 'cannot check health'))
    closing.push(() => checking.stop())
    await checkHealth()
    const ports = Object.assign(
      { metrics: status.port },
      ...[...children.values()].map((child) => child.ports),
    ) as Record<string, number>
    writeByRename(join(settings.dataFolder, 'run.json'), { ...ports, radsec: null, pid: process.pid })
    const leftOut = settings.loopbackOnly ? [] : file.nas.filter(hasDemoSecret).map((nas) => nas.id)
    return {
      ports,
      passwordFile,
      describe: services.describe,
      leftOut,
      shortSecrets: shortSecrets(file.nas),
      stop,
    }

    async function prepareStores(): Promise<string | null> {
      const [records, store] = await Promise.all([
        openRecords(services.databaseUrl, 2),
        openStore(services.redisUrl),
      ])
      try {
        await seed({ records, store, keys, file })
        return roles.includes('console') ? await firstPerson(records, settings.dataFolder) : null
      } finally {
        store.disconnect()
        await records.end()
      }
    }

    async function startAll(these: readonly string[]): Promise<void> {
      const outcomes = await Promise.allSettled(
        these.map((name) => startOne(name, name.startsWith('radius-server') ? radiusPorts : {})),
      )
      const failed = outcomes.find((outcome) => outcome.status === 'rejected')
      if (failed) throw failed.reason
    }

    async function startOne(name: string, environment: Readonly<Record<string, string>>): Promise<void> {
      const role = name.split(' ')[0] as Role
      const team = radiusTeam.placeOf(name)
      const clock = played ? { HOTSPOT_CLOCK: new Date(played.now()).toISOString() } : {}
      const child = await Child.start(role, { ...instruction, team }, { ...environment, ...clock })
      children.set(name, child)
      notReady.set(name, null)
      radiusTeam.came(name, child)
      child.onExit((how) => {
        if (stopping) return
        radiusTeam.went(name, child)
        log.error({ role: name, how }, 'a process ended; starting it again')
        notReady.set(name, `${name} ended and is starting again`)
        setTimeout(() => void again(name, portsOf(child)), RESTART_AFTER_MS)
      })
    }

    async function again(name: string, environment: Readonly<Record<string, string>>): Promise<void> {
      if (stopping) return
      await startOne(name, environment).catch((error: unknown) => {
        log.error({ role: name, err: error }, 'a process could not start again')
        setTimeout(() => void again(name, environment), RESTART_AFTER_MS)
      })
    }

    async function checkHealth(): Promise<void> {
      await Promise.all(
        [...children].map(async ([name, child]) => {
          if (!child.isAlive()) return
          const answer = await child.ask('health')
          if (answer === undefined) radiusTeam.went(name, child)
          else radiusTeam.came(name, child)
          notReady.set(
            name,
            answer === null ? null : answer === undefined ? `${name} does not answer` : `${name}: ${answer}`,
          )
        }),
      )
      for (const child of children.values())
        if (child.role === 'portal') child.tellOthers(reasonBeside('portal'))
    }

    function reason(): string | null {
      return reasonBeside(null)
    }

    function reasonBeside(role: string | null): string | null {
      const reasons = [...notReady]
        .filter(([name, why]) => name !== role && why !== null)
        .map(([, why]) => why)
      return reasons.length > 0 ? reasons.join('; ') : null
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Ports for every RADIUS process: those of the settings, or free ones found once for all. */
async function sharedRadiusPorts(settings: Settings): Promise<Record<string, string>> {
  const [address = '127.0.0.1'] = localAddresses(settings.hosts)
  const auth = settings.radiusAuthPort || (await freeUdpPort(address))
  let acct = settings.radiusAcctPort
  while (acct === 0 || (acct === auth && settings.radiusAcctPort === 0)) acct = await freeUdpPort(address)
  return { RADIUS_AUTH_PORT: String(auth), RADIUS_ACCT_PORT: String(acct) }
}

/** The ports a process had, as the environment that gives them to it again. */
function portsOf(child: Child | undefined): Record<string, string> {
  const names: Readonly<Record<string, string>> = {
    portal: 'PORTAL_PORT',
    portalTls: 'PORTAL_TLS_PORT',
    console: 'CONSOLE_PORT',
    radiusAuth: 'RADIUS_AUTH_PORT',
    radiusAcct: 'RADIUS_ACCT_PORT',
  }
  return Object.fromEntries(
    Object.entries(child?.ports ?? {}).map(([name, port]) => [names[name] ?? name, String(port)]),
  )
}
