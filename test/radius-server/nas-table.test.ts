import { BlockList } from 'node:net'
import fc from 'fast-check'
import t from 'tap'
import { Secret } from '../../core/domain/secret.ts'
import { nasTable } from '../../radius-server/nas-table.ts'
import { cityOf } from './stage.ts'

/** A table of NASes by their blocks, and what finds which. */
function tableOf(blocks: Readonly<Record<string, readonly string[]>>) {
  const table = nasTable(cityOf(Object.entries(blocks).map(([id, addresses]) => ({ id, addresses }))).nas)
  return (address: string): string | undefined => table.find(address)?.id
}

t.test('a single address finds its NAS and no other does', (t) => {
  const find = tableOf({ one: ['10.1.0.1'], two: ['10.1.0.2/32'], six: ['2001:db8::6'] })
  t.equal(find('10.1.0.1'), 'one')
  t.equal(find('10.1.0.2'), 'two')
  t.equal(find('2001:db8::6'), 'six')
  t.equal(find('10.1.0.3'), undefined)
  t.equal(find('2001:db8::7'), undefined)
  t.end()
})

t.test('a block finds its NAS from its first address to its last', (t) => {
  const find = tableOf({ net: ['10.1.0.16/28'], net6: ['2001:db8:1::/48'] })
  for (const [address, found] of [
    ['10.1.0.15', undefined],
    ['10.1.0.16', 'net'],
    ['10.1.0.31', 'net'],
    ['10.1.0.32', undefined],
    ['2001:db8:1::', 'net6'],
    ['2001:db8:1:ffff:ffff:ffff:ffff:ffff', 'net6'],
    ['2001:db8:2::', undefined],
  ] as const)
    t.equal(find(address), found, address)
  t.end()
})

t.test('the longest prefix wins, in whatever order they are listed', (t) => {
  const blocks: Record<string, string[]> = {
    all: ['0.0.0.0/0'],
    site: ['10.1.0.0/16'],
    lab: ['10.1.2.0/24'],
    one: ['10.1.2.3/32'],
    all6: ['::/0'],
    site6: ['2001:db8::/32'],
    one6: ['2001:db8::1'],
  }
  for (const order of [Object.entries(blocks), Object.entries(blocks).reverse()]) {
    const find = tableOf(Object.fromEntries(order))
    t.equal(find('10.1.2.3'), 'one')
    t.equal(find('10.1.2.4'), 'lab')
    t.equal(find('10.1.3.4'), 'site')
    t.equal(find('192.0.2.1'), 'all')
    t.equal(find('2001:db8::1'), 'one6')
    t.equal(find('2001:db8::2'), 'site6')
    t.equal(find('2001:db9::2'), 'all6')
  }
  t.end()
})

t.test('whichever blocks there are, the one found is the longest that holds the address', (t) => {
  // Few different octets, so that blocks overlap and addresses fall into them.
  const octet = fc.constantFrom(0, 1, 127, 128, 129, 254, 255)
  const ipv4 = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'))
  const word = fc.constantFrom('0', '1', '7fff', '8000', 'ffff')
  const ipv6 = fc.array(word, { minLength: 8, maxLength: 8 }).map((words) => words.join(':'))
  const family = fc.constantFrom(
    { address: ipv4, most: 32, name: 'ipv4' as const },
    { address: ipv6, most: 128, name: 'ipv6' as const },
  )
  const block = family.chain(({ address, most, name }) =>
    fc.record({ address, bits: fc.nat(most), name: fc.constant(name) }),
  )
  const asked = family.chain(({ address, name }) => fc.record({ address, name: fc.constant(name) }))
  const text = ({ address, bits }: { address: string; bits: number }): string => `${address}/${bits}`
  fc.assert(
    fc.property(
      fc.array(block, { minLength: 1, maxLength: 8 }),
      fc.array(asked, { maxLength: 8 }),
      (all, sources) => {
        const [nas] = cityOf([{}]).nas
        const table = nasTable(all.map((each, i) => ({ ...nas!, id: `nas-${i}`, addresses: [text(each)] })))
        for (const source of sources) {
          const holding = all.filter(({ address, bits, name }) => {
            const list = new BlockList()
            list.addSubnet(address, bits, name)
            return name === source.name && list.check(source.address, name)
          })
          const longest = Math.max(...holding.map(({ bits }) => bits))
          const found = table.find(source.address)?.id
          const wanted = holding
            .filter(({ bits }) => bits === longest)
            .map((each) => `nas-${all.indexOf(each)}`)
          if (wanted.length === 0 ? found !== undefined : !wanted.includes(found ?? ''))
            throw new Error(`${source.address} is of ${found}, not of ${wanted.join(' or ')}`)
        }
      },
    ),
    { numRuns: 300 },
  )
  t.pass('300 tables, held against the blocks of node:net')
  t.end()
})

t.test('IPv4 seen through an IPv6 socket is IPv4', (t) => {
  const find = tableOf({ one: ['10.1.0.1'], net: ['10.2.0.0/16'] })
  t.equal(find('::ffff:10.1.0.1'), 'one')
  t.equal(find('::FFFF:10.1.0.1'), 'one')
  t.equal(find('::ffff:10.2.3.4'), 'net')
  t.equal(find('::ffff:10.3.0.1'), undefined)
  t.end()
})

t.test('an IPv6 address is the same in every spelling, and with its zone', (t) => {
  const find = tableOf({ one: ['2001:DB8:0:0:0:0:0:1'], local: ['fe80::1'] })
  t.equal(find('2001:db8::1'), 'one')
  t.equal(find('2001:0db8:0000::0001'), 'one')
  t.equal(find('fe80::1%eth0'), 'local')
  t.end()
})

t.test('a NAS with several addresses is found by each', (t) => {
  const find = tableOf({ two: ['10.1.0.1', '10.9.0.0/24', '2001:db8::1'] })
  for (const address of ['10.1.0.1', '10.9.0.200', '2001:db8::1']) t.equal(find(address), 'two')
  t.end()
})

t.test('nobody is found in an empty table, nor by what is no address', (t) => {
  t.equal(nasTable([]).find('10.1.0.1'), undefined)
  t.equal(tableOf({ net: ['10.0.0.0/8'] })('nonsense'), undefined)
  t.end()
})

t.test('the secret is ready for hashing and is never shown', (t) => {
  const { nas } = cityOf([{ secret: 'a secret nobody may read' }])
  const found = nasTable(nas).find('127.1.0.1')!
  t.equal(found.shared.bytes.toString(), 'a secret nobody may read')
  t.notMatch(JSON.stringify(found), 'nobody may read')
  t.end()
})

t.test('one NAS whose secret no packet can be hashed with does not keep out the others', (t) => {
  const { nas } = cityOf([{}, {}])
  const [bad, good] = nas as [(typeof nas)[0], (typeof nas)[0]]
  for (const secret of ['', 'x'.repeat(257)]) {
    const unusable: string[] = []
    const table = nasTable([{ ...bad, secret: new Secret(secret) }, good], (each) => unusable.push(each.id))
    t.equal(table.find('127.1.0.2')?.id, 'nas-2')
    t.equal(table.find('127.1.0.1'), undefined)
    t.same(unusable, ['nas-1'])
  }
  t.end()
})
