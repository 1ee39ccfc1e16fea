import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import * as numbers from '../../../radius-server/packet/attributes.ts'

const npmPackage = join(
  dirname(createRequire(import.meta.url).resolve('radius/package.json')),
  'dictionaries',
)
const freeradius = '/usr/share/freeradius'

t.test('no two names of one list share a number', async (t) => {
  for (const list of Object.values(numbers))
    t.equal(new Set(Object.values(list)).size, Object.keys(list).length)
})

t.test('numbers are those of the dictionaries of the npm package `radius`', async (t) =>
  agree(t, npmPackage, 100),
)

const skip = existsSync(freeradius) ? false : 'FreeRADIUS dictionaries are not installed'
t.test('numbers are those of the dictionaries of FreeRADIUS', { skip }, async (t) =>
  agree(t, freeradius, 150),
)

t.test('an extended type is the one FreeRADIUS has', { skip }, async (t) => {
  const rfc8559 = readFileSync(join(freeradius, 'dictionary.rfc8559'), 'latin1')
  t.match(
    rfc8559,
    new RegExp(`Operator-NAS-Identifier\\s+241\\.${numbers.ExtendedType.OperatorNasIdentifier}\\s`),
  )
  const rfc6929 = readFileSync(join(freeradius, 'dictionary.rfc6929'), 'latin1')
  t.match(
    rfc6929,
    new RegExp(`Extended-Vendor-Specific-1\\s+241\\.${numbers.ExtendedType.VendorSpecific}\\s+evs`),
  )
})

/** Every name of ours that the dictionaries have too has their number; there are at least `expected` such names. */
function agree(t: Test, folder: string, expected: number): void {
  const { attributes, values } = readDictionaries(folder)
  let compared = 0
  const compare = (what: string, ours: number, theirs: number | undefined): void => {
    if (theirs === undefined) return
    compared++
    if (ours !== theirs) t.fail(`${what} is ${theirs}, not ${ours}`)
  }
  for (const [name, number] of Object.entries(numbers.AttributeType))
    compare(name, number, attributes.get(key(name)))
  const { Code: _, AttributeType: __, ExtendedType: ___, ...enumerations } = numbers
  for (const [attribute, list] of Object.entries(enumerations)) {
    for (const [name, number] of Object.entries(list)) {
      compare(`${attribute} ${name}`, number, values.get(`${key(attribute)} ${key(name)}`))
    }
  }
  t.ok(compared >= expected, `${compared} names compared`)
}

type Dictionaries = { attributes: Map<string, number>; values: Map<string, number> }

function readDictionaries(folder: string): Dictionaries {
  const attributes = new Map<string, number>()
  const values = new Map<string, number>()
  for (const file of readdirSync(folder).filter((file) => /^dictionary\.rfc\d+$/.test(file))) {
    for (const line of readFileSync(join(folder, file), 'latin1').split('\n')) {
      const [word, name = '', second = '', third = ''] = line.split(/\s+/)
      if (word === 'ATTRIBUTE' && /^\d+$/.test(second)) attributes.set(key(name), Number(second))
      if (word === 'VALUE') values.set(`${key(name)} ${key(second)}`, Number(third))
    }
  }
  return { attributes, values }
}

/** NAS-IP-Address and NasIpAddress alike. */
function key(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '')
}
