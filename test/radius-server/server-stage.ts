import { Registry } from '../../core/process/metrics.ts'
import type { Logger } from '../../core/process/log.ts'
import { Later } from '../../core/store/later.ts'
import type { Store } from '../../core/store/redis.ts'
import type { Answer, Request } from '../../radius-server/handlers/request.ts'
import { MessageAuthenticatorMemory } from '../../radius-server/message-authenticator.ts'
import { radiusMetrics } from '../../radius-server/metrics.ts'
import { nasTable } from '../../radius-server/nas-table.ts'
import { RadiusServer } from '../../radius-server/server.ts'
import { testedNas } from '../../radius-server/test-logins/proof.ts'
import { cityOf, NOON } from './stage.ts'
import { silentLog, testKeys } from '../support/stores.ts'

/** A server without sockets: what came in is handed to it, what it sends is kept. */
export interface Bench {
  readonly server: RadiusServer
  readonly registry: Registry
  /** What handlers were asked, in order. */
  readonly asked: Request[]
  now: number
  /** How handlers answer from now on; by default with twenty octets made up from the request. */
  answers: (request: Request) => PromiseLike<Answer>
  /** Hands a datagram in, and gives what is sent back: filled as answers come. */
  send(port: 'auth' | 'acct', datagram: Buffer, from?: Partial<From>): Buffer[]
  /** The value of a counter, of all its labels or of these. */
  count(metric: string, labels?: Readonly<Record<string, string>>): Promise<number>
}

interface From {
  readonly address: string
  readonly port: number
  readonly socket: number
}

/** The address that the server takes for its own. */
export const OWN = '127.0.0.1'
export const ANSWER = Buffer.from('an answer')

export async function benchFor(
  store: Store,
  nas: Parameters<typeof cityOf>[0] = [{}],
  log: Logger = silentLog,
  { rejectMs = 1000, random = (): number => 0 } = {},
): Promise<Bench> {
  const registry = new Registry()
  const memory = new MessageAuthenticatorMemory(store)
  await memory.refresh()
  const table = nasTable(cityOf(nas).nas)
  const handle = (request: Request): Later<Answer> => {
    bench.asked.push(request)
    return Later.from(bench.answers(request))
  }
  const bench: Bench = {
    registry,
    asked: [],
    now: NOON,
    answers: async () => ({ kind: 'answer', result: 'accept', bytes: ANSWER }),
    server: new RadiusServer({
      nasTable: () => table,
      access: handle,
      accounting: handle,
      messageAuthenticators: memory,
      metrics: radiusMetrics(registry),
      log,
      now: () => bench.now,
      random,
      rejectMs,
      testedNas: (packet, address) =>
        address === OWN ? testedNas(testKeys.testLogin, packet, bench.now) : null,
    }),
    send(port, datagram, from = {}) {
      const sent: Buffer[] = []
      bench.server.receive(port, {
        datagram,
        address: '127.1.0.1',
        port: 40_000,
        socket: 0,
        ...from,
        send: (reply) => void sent.push(reply),
      })
      return sent
    },
    async count(metric, labels = {}) {
      const { values } = await registry.getSingleMetric(metric)!.get()
      const wanted = Object.entries(labels)
      return values
        .filter((each) => wanted.every(([name, value]) => each.labels[name] === value))
        .reduce((sum, { value }) => sum + value, 0)
    },
  }
  return bench
}
