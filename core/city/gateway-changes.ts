import { BlockList } from 'node:net'
import type { Nas } from '../domain/nas.ts'
import { audit } from '../records/audit.ts'
import { oneCityAtATime, readCity, removeNas, saveNas } from '../records/city.ts'
import type { Records } from '../records/database.ts'
import type { Store } from '../store/redis.ts'
import { SessionStore } from '../store/sessions.ts'
import { publishTables } from '../store/tables.ts'
import { parseCidr } from '../process/addresses.ts'
import type { Keys } from '../process/keys.ts'

/** What gateways are added and removed with, from the command line and from the console alike. */
export interface CityDesk {
  readonly records: Records
  readonly store: Store
  readonly keys: Keys
}

/** Why a gateway was not added: `id` is the one that has what it wants. */
export type NasRefused =
  | { readonly reason: 'no-site' }
  | { readonly reason: 'known' | 'address-taken' | 'name-taken'; readonly id: string }

/**
 * Adds a gateway, or replaces the one of its id; null, or why not. Workers know it within a second.
 * @param by `who` is named in the audit; `onlyNew` refuses an id or a NAS-Identifier that is known; `sites` are those of
 *   somebody who has not all of them: his gateways take no address out of another's block.
 */
export async function addNas(
  { records, store, keys }: CityDesk,
  nas: Nas,
  by: { readonly who: string; readonly onlyNew: boolean; readonly sites: readonly string[] | null },
): Promise<NasRefused | null> {
  // Under one lock, so that two who add at the same moment do not both find the address free.
  return oneCityAtATime(records, async () => {
    const city = await readCity(records, keys)
    if (!city.sites.some(({ id }) => id === nas.site)) return { reason: 'no-site' }
    const known = city.nas.find(({ id }) => id === nas.id)
    if (known && by.onlyNew) return { reason: 'known', id: known.id }
    const others = city.nas.filter(({ id }) => id !== nas.id)
    const taken = others.find(
      (each) =>
        each.addresses.some((block) => nas.addresses.includes(block)) ||
        (by.sites !== null && !by.sites.includes(each.site) && touch(each.addresses, nas.addresses)),
    )
    if (taken) return { reason: 'address-taken', id: taken.id }
    const namesake = others.find(({ id, identifier }) => [id, identifier].includes(nas.identifier))
    if (namesake && by.onlyNew) return { reason: 'name-taken', id: namesake.id }
    await saveNas(records, nas, keys)
    await publishTables(store, keys, await readCity(records, keys))
    await audit(records, by.who, 'nas.add', nas.id, { gateway: nas.gateway, site: nas.site })
    return null
  })
}

/** Removes a gateway and ends what is open on it: how many sessions, null when there is no such gateway. */
export async function dropNas(
  { records, store, keys }: CityDesk,
  id: string,
  who: string,
): Promise<number | null> {
  if (!(await removeNas(records, id))) return null
  await publishCity({ records, store, keys })
  const sessions = await endSessionsOf(store, id)
  await audit(records, who, 'nas.remove', id)
  return sessions
}

/** Ends what is open on a gateway that is no more: nobody would report it, and no job would look. How many sessions. */
export async function endSessionsOf(store: Store, nas: string): Promise<number> {
  const sessions = new SessionStore(store)
  const open = await sessions.open(nas)
  for (const ref of open) await sessions.end(ref, 'NAS-Removed', Date.now())
  return open.length
}

/** Publishes the records' sites and NASes to the live store; workers have them within a second. */
export async function publishCity({ records, store, keys }: CityDesk): Promise<void> {
  // Read and published under one lock: what was read before somebody's change must not be published after it.
  await oneCityAtATime(records, async () => publishTables(store, keys, await readCity(records, keys)))
}

/** True when two lists of blocks have an address in common. */
function touch(some: readonly string[], others: readonly string[]): boolean {
  return some.some((one) => others.some((other) => holds(one, other) || holds(other, one)))
}

function holds(outer: string, inner: string): boolean {
  const [around, within] = [parseCidr(outer), parseCidr(inner)]
  if (!around || !within || around.family !== within.family || around.bits > within.bits) return false
  const list = new BlockList()
  const family = around.family === 4 ? 'ipv4' : 'ipv6'
  list.addSubnet(around.address, around.bits, family)
  return list.check(within.address, family)
}
