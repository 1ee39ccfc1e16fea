import { inspect } from 'node:util'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'tap'
import { Secret } from '../../../core/domain/secret.ts'
import { keysOf, localMasterKey } from '../../../core/process/keys.ts'

const master = Buffer.alloc(32, 3).toString('base64')

test('what is sealed opens with the same key for the same purpose alone', (t) => {
  const keys = keysOf(master)
  const sealed = keys.seal('02-AA-BB-CC-DD-01', 'session-log')
  t.notMatch(sealed, /AA-BB/)
  t.equal(keys.unseal(sealed, 'session-log'), '02-AA-BB-CC-DD-01')
  t.throws(() => keys.unseal(sealed, 'voucher'))
  t.throws(() => keysOf(Buffer.alloc(32, 4).toString('base64')).unseal(sealed, 'session-log'))
  const broken = Buffer.from(sealed, 'base64')
  broken[broken.length - 1]! ^= 1
  t.throws(() => keys.unseal(broken.toString('base64'), 'session-log'))
  t.not(sealed, keys.seal('02-AA-BB-CC-DD-01', 'session-log'), 'twice the same is not seen to be the same')
  t.end()
})

test('each purpose has a key of its own', (t) => {
  const { grant, class: ticket, visit, voucher, subject, pass, staff } = keysOf(master)
  const keys = [grant, ticket, visit, voucher, subject, pass, staff]
  t.equal(new Set(keys.map((key) => key.toString('hex'))).size, keys.length)
  t.end()
})

test('a master key that is no key is refused with a way to make one', (t) => {
  for (const text of ['', 'short', Buffer.alloc(31).toString('base64'), '!'.repeat(44)])
    t.throws(() => keysOf(text), /HOTSPOT_KEY must be 32 bytes in base64/)
  t.end()
})

test('the local key is made once and is its owner’s alone', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'keys-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const key = localMasterKey(folder)
  t.equal(localMasterKey(folder), key)
  t.equal(statSync(join(folder, 'master.key')).mode & 0o777, 0o600)
  t.doesNotThrow(() => keysOf(key))
  t.end()
})

test('a secret never prints', (t) => {
  const secret = new Secret('correct horse')
  for (const shown of [
    String(secret),
    JSON.stringify({ secret }),
    inspect(secret),
    inspect({ a: [secret] }),
  ]) {
    t.notMatch(shown, /horse/)
    t.match(shown, /\[secret\]/)
  }
  t.equal(secret.reveal(), 'correct horse')
  t.end()
})
