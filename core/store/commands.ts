import type { Session } from '../domain/session.ts'
import { keys, LIFETIME } from './keys.ts'
import type { Store } from './redis.ts'
import type { SessionRef } from './session-usage.ts'

/** A request to a gateway to end a session, and why (for the audit). */
export interface Disconnect extends SessionRef {
  readonly reason: string
  readonly requestedAt: number
}

const GROUP = 'coa'
const MOST = 10_000

/** Asks the RADIUS server to end a session at its NAS. */
export async function requestDisconnect(
  store: Store,
  session: Session,
  reason: string,
  now: number,
): Promise<void> {
  const { nas, acctSessionId, mac } = session
  const command: Disconnect = { nas, acctSessionId, mac, reason, requestedAt: now }
  await store.xadd(keys.commands, 'MAXLEN', '~', MOST, '*', 'c', JSON.stringify(command))
}

/** A command taken from the stream; `done` once the NAS answered or will not. */
export interface TakenCommand {
  readonly command: Disconnect
  readonly done: () => Promise<void>
}

/** Prepares the consumer group of the commands. */
export async function openCommands(store: Store): Promise<void> {
  await store.xgroup('CREATE', keys.commands, GROUP, '0', 'MKSTREAM').catch((error: Error) => {
    if (!error.message.startsWith('BUSYGROUP')) throw error
  })
}

/** Takes up to 32 commands: first those that a dead worker left for over a minute, then new ones. */
export async function takeCommands(store: Store, consumer: string): Promise<TakenCommand[]> {
  try {
    return await take(store, consumer)
  } catch (error) {
    // A store that came back without its data has lost the group, too.
    if (!(error as Error).message.startsWith('NOGROUP')) throw error
    await openCommands(store)
    return take(store, consumer)
  }
}

async function take(store: Store, consumer: string): Promise<TakenCommand[]> {
  const abandoned = (await store.xautoclaim(keys.commands, GROUP, consumer, 60_000, '0', 'COUNT', 32)) as [
    string,
    [string, string[] | null][],
  ]
  const fresh = (await store.xreadgroup(
    'GROUP',
    GROUP,
    consumer,
    'COUNT',
    32,
    'STREAMS',
    keys.commands,
    '>',
  )) as [string, [string, string[]][]][] | null
  const entries = [...abandoned[1], ...(fresh?.[0]?.[1] ?? [])]
  return entries.flatMap(([id, fields]) => {
    const done = async (): Promise<void> => {
      await store.multi().xack(keys.commands, GROUP, id).xdel(keys.commands, id).exec()
    }
    return fields ? [{ command: JSON.parse(fields[1]!) as Disconnect, done }] : []
  })
}

/** Asks a gateway without RADIUS to drop a device: its reporter is told at its next report. */
export async function requestDeauth(store: Store, session: Session): Promise<void> {
  const key = keys.deauth(session.nas)
  await store.multi().hset(key, session.mac, session.acctSessionId).expire(key, LIFETIME.deauth).exec()
}

/** Devices a gateway shall drop, with the session each one had. */
export const wantedDeauths = async (store: Store, nas: string): Promise<Record<string, string>> =>
  store.hgetall(keys.deauth(nas))

export async function forgetDeauth(store: Store, nas: string, mac: string): Promise<void> {
  await store.hdel(keys.deauth(nas), mac)
}
