import { gatewayOf } from '../../core/gateways/index.ts'
import type { Logger } from '../../core/process/log.ts'
import { repeat, type Running } from '../../core/process/lifecycle.ts'
import { openCommands, takeCommands, type TakenCommand } from '../../core/store/commands.ts'
import { appendEvent } from '../../core/store/events.ts'
import type { Store } from '../../core/store/redis.ts'
import type { SessionStore } from '../../core/store/sessions.ts'
import type { LiveTables } from '../../core/store/tables.ts'
import { toAttribute } from '../attributes.ts'
import type { RadiusMetrics } from '../metrics.ts'
import { SharedSecret } from '../packet/secret.ts'
import { RateLimitedLog } from '../rate-limited-log.ts'
import { sendDisconnect, type CoaResult, type Timers } from './client.ts'

export interface CoaParts {
  readonly store: Store
  readonly sessions: SessionStore
  readonly tables: LiveTables
  readonly metrics: RadiusMetrics
  readonly log: Logger
  readonly now: () => number
  readonly random: () => number
  readonly consumer: string
  /** The addresses that gateways know us by: requests leave from one of them. */
  readonly from: readonly string[]
  readonly timers?: Timers
}

/** How long a tap on "Disconnect" may wait to be seen. */
const EVERY_MS = 100

/** Requests that wait for their NAS at once, each with a socket of its own; more commands stay in the stream. */
const MOST_UNDERWAY = 512

/** RFC 5176 §3.5: the NAS knows no such session, so what was asked for is so already. */
const SESSION_NOT_FOUND = 503

/** Carries out Disconnect commands: asks the NAS, counts and audits its answer. Accounting then tells that it happened. */
export async function startCoaWorker(parts: CoaParts): Promise<Running> {
  await openCommands(parts.store)
  const underway = new Set<Promise<void>>()
  const work = async (): Promise<void> => {
    if (underway.size >= MOST_UNDERWAY) return
    for (const taken of await takeCommands(parts.store, parts.consumer)) {
      const one = carryOut(parts, taken)
        .catch((error: unknown) => parts.log.error(error, 'a Disconnect command could not be carried out'))
        .finally(() => underway.delete(one))
      underway.add(one)
    }
  }
  // With the store away every turn fails, ten times a second.
  const failures = new RateLimitedLog(parts.log, parts.now)
  const polling = repeat(EVERY_MS, work, (error) =>
    failures.warn('commands', { err: error }, 'cannot take Disconnect commands'),
  )
  return {
    async stop() {
      await polling.stop()
      // What is still waiting for its NAS is left in the stream for the next worker.
      await Promise.race([Promise.all(underway), new Promise((resolve) => setTimeout(resolve, 500))])
    },
  }
}

async function carryOut(parts: CoaParts, { command, done }: TakenCommand): Promise<void> {
  const { store, sessions, tables, metrics, log, now, random, from, timers } = parts
  const nas = tables.current.nas.get(command.nas)
  const session = await sessions.find(command)
  const gateway = nas && gatewayOf(nas.gateway)
  if (!nas || !gateway || !session || session.endedAt !== null) return done()
  if (!nas.coa) {
    await told('no-coa-address')
    return done()
  }
  const attributes = gateway.radius.disconnect(session, nas).map(toAttribute)
  const secret = new SharedSecret(Buffer.from(nas.secret.reveal()))
  const result = await sendDisconnect(nas.coa, attributes, secret, { now, random, from, timers })
  if (result.kind === 'unsent')
    log.warn({ err: result.error, nas: nas.id }, 'a Disconnect-Request could not be sent')
  await told(wordOf(result))
  // RFC 5176 §3.5: the session is gone at the NAS, and no Stop will come for it.
  if (result.kind === 'nak' && result.cause === SESSION_NOT_FOUND)
    await sessions.end(command, 'NAS-Error', now())
  return done()

  async function told(result: string): Promise<void> {
    metrics.coa.inc({ gateway: nas!.gateway, result })
    await appendEvent(store, {
      kind: 'coa',
      at: now(),
      nas: nas!.id,
      site: nas!.site,
      session: session!.id,
      reason: command.reason,
      result,
    })
  }
}

/** The values of RFC 5176 §3.5. What a gateway makes up beside them must not become a label of its own. */
const CAUSES = /^(?:20[12]|40[1-7]|50[1-8])$/

const wordOf = (result: CoaResult): string => {
  if (result.kind !== 'nak') return result.kind
  if (result.cause === null) return 'nak-none'
  return CAUSES.test(String(result.cause)) ? `nak-${result.cause}` : 'nak-other'
}
