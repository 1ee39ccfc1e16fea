import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SetupError } from './errors.ts'

/** Everything that is derived from HOTSPOT_KEY; each purpose has a key of its own (HKDF, RFC 5869). */
export interface Keys {
  readonly grant: Buffer
  readonly class: Buffer
  readonly chargeableUser: Buffer
  readonly visit: Buffer
  readonly voucher: Buffer
  readonly subject: Buffer
  readonly pass: Buffer
  readonly campaign: Buffer
  readonly staff: Buffer
  readonly testLogin: Buffer
  seal(text: string, purpose: string): string
  /** @throws when the text was not sealed with this key for this purpose. */
  unseal(sealed: string, purpose: string): string
}

const KEY_BYTES = 32

/** @param master 32 bytes in base64. */
export function keysOf(master: string): Keys {
  const bytes = Buffer.from(master, 'base64')
  if (bytes.length !== KEY_BYTES || !/^[A-Za-z0-9+/]{43}=?$/.test(master.trim()))
    throw new SetupError(
      'bad-key',
      'HOTSPOT_KEY must be 32 bytes in base64: make one with `head -c 32 /dev/urandom | base64`.',
    )
  const derive = (purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', bytes, '', `hotspot ${purpose}`, KEY_BYTES))
  const sealing = derive('seal')
  return {
    grant: derive('grant'),
    class: derive('class'),
    chargeableUser: derive('chargeable user'),
    visit: derive('visit'),
    voucher: derive('voucher'),
    subject: derive('subject'),
    pass: derive('pass'),
    campaign: derive('campaign'),
    staff: derive('staff'),
    testLogin: derive('test login'),
    seal(text, purpose) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', sealing, nonce).setAAD(Buffer.from(purpose))
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64')
    },
    unseal(sealed, purpose) {
      const all = Buffer.from(sealed, 'base64')
      const decipher = createDecipheriv('aes-256-gcm', sealing, all.subarray(0, 12), { authTagLength: 16 })
      decipher.setAAD(Buffer.from(purpose)).setAuthTag(all.subarray(12, 28))
      return Buffer.concat([decipher.update(all.subarray(28)), decipher.final()]).toString('utf8')
    },
  }
}

/** The master key kept in the data folder, made at first use. Only for a platform that stays on loopback. */
export function localMasterKey(dataFolder: string): string {
  const file = join(dataFolder, 'master.key')
  if (existsSync(file)) return readFileSync(file, 'utf8').trim()
  mkdirSync(dataFolder, { recursive: true })
  const key = randomBytes(KEY_BYTES).toString('base64')
  writeFileSync(file, `${key}\n`, { mode: 0o600, flag: 'wx' })
  chmodSync(file, 0o600)
  return key
}
