import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto'

/** Standards E7: at least fourteen characters without a second factor. */
export const PASSWORD_LEAST = 14
/** Nobody's is longer; scrypt shall not chew on more. */
export const PASSWORD_MOST = 200

/** OWASP's scrypt setting: 2¹⁷, 8, 1, which takes 128 MiB and a tenth of a second. */
const COST: ScryptOptions = { N: 2 ** 17, r: 8, p: 1, maxmem: 192 * 2 ** 20 }
const HASH_BYTES = 32

/** A password of 120 random bits, for somebody who will make another one. */
export const newPassword = (): string => randomBytes(15).toString('base64url')

/** What a password must match that nobody has. */
export const NOBODYS_HASH = `scrypt$${Buffer.alloc(16).toString('base64')}$${Buffer.alloc(HASH_BYTES).toString('base64')}`

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  return `scrypt$${salt.toString('base64')}$${(await derive(password, salt)).toString('base64')}`
}

export async function checkPassword(password: string, stored: string): Promise<boolean> {
  const [, salt = '', hash = ''] = stored.split('$')
  return timingSafeEqual(await derive(password, Buffer.from(salt, 'base64')), Buffer.from(hash, 'base64'))
}

const derive = (password: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, COST, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
