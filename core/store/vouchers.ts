import { codeDigest, type Voucher, type VoucherRefusal } from '../domain/voucher.ts'
import { keys, LIFETIME } from './keys.ts'
import { script, type Store } from './redis.ts'

export type Redeemed =
  { kind: 'ok'; voucher: Voucher } | { kind: 'refused'; reason: VoucherRefusal; expiresAt: number | null }

/** Access codes in force. The live store knows them by keyed digest only. */
export class VoucherStore {
  readonly #store: Store
  readonly #key: Buffer
  readonly #redeem: ReturnType<typeof script>

  constructor(store: Store, key: Buffer) {
    this.#store = store
    this.#key = key
    this.#redeem = script(store, 'voucher-redeem', 2)
  }

  async publish(code: string, voucher: Voucher): Promise<void> {
    const key = keys.voucher(codeDigest(this.#key, code))
    const write = this.#store.multi().hset(key, {
      id: voucher.id,
      site: voucher.site,
      seconds: voucher.seconds ?? '',
      octets: voucher.octets ?? '',
      devices: voucher.devices,
      down: voucher.downBitsPerSecond ?? '',
      up: voucher.upBitsPerSecond ?? '',
      expiresAt: voucher.expiresAt ?? '',
    })
    // A code stays a week past its end so that its holder hears "expired", not "wrong".
    if (voucher.expiresAt !== null) write.pexpireat(key, voucher.expiresAt + 7 * 86_400_000)
    await write.exec()
  }

  async revoke(code: string): Promise<void> {
    const key = keys.voucher(codeDigest(this.#key, code))
    if (await this.#store.exists(key)) await this.#store.hset(key, 'revoked', '1')
  }

  /** The keyed digest of a code: what may be remembered of it. */
  digestOf(code: string): string {
    return codeDigest(this.#key, code)
  }

  /** The code of a digest, as long as it is in force: neither past its end nor revoked. */
  async inForce(digest: string, now: number): Promise<Voucher | null> {
    const fields = ['id', 'site', 'revoked', ...AMOUNTS] as const
    const [id, site, revoked, ...told] = await this.#store.hmget(keys.voucher(digest), ...fields)
    const plan = amounts(told)
    if (!id || revoked || (plan.expiresAt !== null && plan.expiresAt <= now)) return null
    return { id, site: site ?? '', ...plan }
  }

  /** Uses a code for a device at a site, counting the device once. What is left of it is in its usage. */
  async redeem(code: string, site: string, device: string, now: number): Promise<Redeemed> {
    const digest = codeDigest(this.#key, code)
    const reply = (await this.#redeem(
      keys.voucher(digest),
      keys.voucherDevices(digest),
      site,
      device,
      now,
      LIFETIME.voucherUsage,
    )) as string[]
    if (reply[0] !== 'ok')
      return {
        kind: 'refused',
        reason: reply[0] as VoucherRefusal,
        expiresAt: reply[1] ? Number(reply[1]) : null,
      }
    const [, id = '', ...told] = reply
    return { kind: 'ok', voucher: { id, site, ...amounts(told) } }
  }
}

/** What a code is good for, in the order in which the script tells it. */
const AMOUNTS = ['seconds', 'octets', 'devices', 'expiresAt', 'down', 'up'] as const

/** What a hash tells of a code; an empty field is no limit of its own. */
function amounts(told: readonly (string | null)[]): Omit<Voucher, 'id' | 'site'> {
  const [seconds, octets, devices, expiresAt, down, up] = told.map((each) => (each ? Number(each) : null))
  return {
    seconds: seconds ?? null,
    octets: octets ?? null,
    devices: devices ?? 0,
    expiresAt: expiresAt ?? null,
    downBitsPerSecond: down ?? undefined,
    upBitsPerSecond: up ?? undefined,
  }
}
