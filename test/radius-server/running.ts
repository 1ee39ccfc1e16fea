import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { Registry } from '../../core/process/metrics.ts'
import { readSettings } from '../../core/process/settings.ts'
import type { Part } from '../../core/process/shared.ts'
import { start } from '../../radius-server/main.ts'
import { silentLog, testKeys, type Test } from '../support/stores.ts'

/** The RADIUS server as a process starts it, on free ports of loopback. */
export interface RunningServer {
  readonly part: Part
  readonly authPort: number
  readonly acctPort: number
  count(metric: string, labels?: Readonly<Record<string, string>>): Promise<number>
  stop(): Promise<void>
}

export async function runningServer(
  t: Test,
  redisUrl: string,
  { now = Date.now, hosts = '127.0.0.1', loopbackOnly = true } = {},
): Promise<RunningServer> {
  const registry = new Registry()
  const settings = readSettings({ HOTSPOT_HOST: hosts, RADIUS_AUTH_PORT: '0', RADIUS_ACCT_PORT: '0' })
  const part = await start({
    settings: { ...settings, loopbackOnly },
    keys: testKeys,
    log: silentLog,
    registry,
    now,
    redisUrl,
    databaseUrl: '',
    othersNotReady: () => null,
  })
  let running = true
  const stop = async (): Promise<void> => {
    if (running) await part.stop()
    running = false
  }
  t.teardown(stop)
  return {
    part,
    authPort: part.ports.radiusAuth!,
    acctPort: part.ports.radiusAcct!,
    stop,
    async count(metric, labels = {}) {
      const { values } = await registry.getSingleMetric(metric)!.get()
      const wanted = Object.entries(labels)
      return values
        .filter((each) => wanted.every(([name, value]) => each.labels[name] === value))
        .reduce((sum, { value }) => sum + value, 0)
    },
  }
}

/** A gateway's RADIUS client: a socket on the gateway's own address, and what came back to it. */
export interface NasSocket {
  readonly socket: Socket
  readonly received: Buffer[]
  send(datagram: Buffer, port: number, host?: string): void
  /** Sends, and again every second as a gateway does, until an answer comes; a minute at most. */
  ask(datagram: Buffer, port: number, host?: string): Promise<Buffer>
}

export async function nasSocket(t: Test, address: string): Promise<NasSocket> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
  socket.bind(0, address)
  await once(socket, 'listening')
  t.teardown(() => new Promise<void>((resolve) => socket.close(() => resolve())))
  const received: Buffer[] = []
  socket.on('message', (datagram) => received.push(datagram))
  const nas: NasSocket = {
    socket,
    received,
    send: (datagram, port, host = '127.0.0.1') => socket.send(datagram, port, host),
    async ask(datagram, port, host) {
      const from = received.length
      const isAnswer = (each: Buffer): boolean => each[1] === datagram[1]
      for (let tries = 0; tries < 60; tries++) {
        nas.send(datagram, port, host)
        for (let waited = 0; waited < 100; waited++) {
          const answer = received.slice(from).find(isAnswer)
          if (answer) return answer
          await new Promise((resolve) => setTimeout(resolve, 10))
        }
      }
      throw new Error(`no answer from port ${port} in a minute`)
    },
  }
  return nas
}
