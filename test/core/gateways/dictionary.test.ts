import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { VENDORS } from '../../../core/domain/nas.ts'
import { dictionary, type Definition, type Kind } from '../../../core/gateways/dictionary.ts'
import { gatewayOf } from '../../../core/gateways/index.ts'

const all = VENDORS.flatMap((vendor) => gatewayOf(vendor)?.radius.dictionaries ?? [])
const dictionaries = [...new Set(all)]
const rows = dictionaries.flatMap((each) => Object.entries<Definition>(each))

t.test('a row becomes an attribute of its vendor', (t) => {
  t.same(
    dictionary(4242, { 'Lab-Rate': [1, 'integer', 'a test', 'kbit/s'], 'Lab-Name': [2, 'text', 'a test'] }),
    {
      'Lab-Rate': { vendor: 4242, type: 1, kind: 'integer', source: 'a test', unit: 'kbit/s' },
      'Lab-Name': { vendor: 4242, type: 2, kind: 'text', source: 'a test', unit: null },
    },
  )
  t.end()
})

t.test('every vendor that D of the standards names has its dictionary', (t) => {
  const vendors = new Set(rows.map(([, { vendor }]) => vendor))
  const expected = [
    14122, 14559, 14988, 14823, 25053, 9, 14179, 29671, 41112, 2011, 17713, 11863, 12356, 4881,
  ]
  for (const vendor of expected) t.ok(vendors.has(vendor), `${vendor}`)
  t.equal(vendors.size, expected.length + 1, 'and the standard')
  t.end()
})

t.test('every attribute has a number that fits and a source; no two of a vendor share a number', (t) => {
  for (const [name, { type, source }] of rows) {
    t.ok(type >= 1 && type <= 255, name)
    t.ok(source.length > 8, `${name} says where it is from`)
  }
  const numbers = rows.map(([, { vendor, type }]) => `${vendor}.${type}`)
  t.equal(new Set(numbers).size, numbers.length)
  t.end()
})

const freeradius = '/usr/share/freeradius'
const skip = existsSync(freeradius) ? false : 'FreeRADIUS dictionaries are not installed'

const KINDS: Readonly<Record<string, Kind>> = {
  integer: 'integer',
  integer64: 'integer64',
  string: 'text',
  ipaddr: 'address',
  ipv6addr: 'address',
  octets: 'octets',
  ether: 'octets',
  tlv: 'tlvs',
  date: 'integer',
}

const FILES = ['wispr', 'chillispot', 'mikrotik', 'aruba', 'ruckus', 'cisco', 'airespace', 'meraki', 'huawei']
  .concat(['cambium', 'fortinet', 'rfc2865', 'rfc2866', 'rfc2869', 'rfc3162'])
  .map((name) => `${freeradius}/dictionary.${name}`)

t.test('numbers and kinds are those of FreeRADIUS’s dictionaries', { skip }, (t) => {
  const theirs = new Map<string, { type: number; kind: Kind | undefined }>()
  for (const line of FILES.flatMap((file) => readFileSync(file, 'latin1').split('\n'))) {
    const [word, name = '', type = '', kind = ''] = line.split(/\s+/)
    if (word === 'ATTRIBUTE' && /^\d+$/.test(type))
      theirs.set(name.toLowerCase(), { type: Number(type), kind: KINDS[kind] })
  }
  let compared = 0
  for (const [name, { type, kind }] of rows) {
    const their = theirs.get(name.toLowerCase())
    if (!their) continue
    compared++
    if (their.type !== type || their.kind !== kind)
      t.fail(`${name} is ${their.type} ${their.kind}, not ${type} ${kind}`)
  }
  t.ok(compared >= 150, `${compared} of ${rows.length} names compared`)
  t.end()
})
