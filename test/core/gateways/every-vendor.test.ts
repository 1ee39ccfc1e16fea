// Every vendor's limits and recipes against a table of what it understands, written here a second time.
import fc from 'fast-check'
import t from 'tap'
import type { SessionLimits } from '../../../core/domain/limits.ts'
import { VENDORS, type Vendor } from '../../../core/domain/nas.ts'
import type { Definition, Unit } from '../../../core/gateways/dictionary.ts'
import type { RadiusAttribute } from '../../../core/gateways/gateway.ts'
import { gatewayOf } from '../../../core/gateways/index.ts'
import { toAttribute } from '../../../radius-server/attributes.ts'
import { Code } from '../../../radius-server/packet/attributes.ts'
import { attributesLength, writeAttributes } from '../../../radius-server/packet/values.ts'
import { rawPacket, read } from '../../radius-server/packet/packets.ts'
import { nasOf, sessionOf } from './records.ts'

type Said = { readonly [Limit in keyof Required<SessionLimits>]: readonly string[] }

const time: Said = {
  seconds: ['27'],
  idleSeconds: ['28'],
  octets: [],
  downBitsPerSecond: [],
  upBitsPerSecond: [],
}
const wispr = { downBitsPerSecond: ['14122.8'], upBitsPerSecond: ['14122.7'] }

/** Which attributes say which limit; `low+high` are an octet quota with its Gigawords. */
const SAID: Readonly<Record<Vendor, Said>> = {
  'coova-chilli': {
    ...time,
    octets: ['14559.3+14559.23'],
    downBitsPerSecond: ['14122.8', '14559.5'],
    upBitsPerSecond: ['14122.7', '14559.4'],
  },
  opennds: time,
  mikrotik: {
    ...time,
    octets: ['14988.17+14988.18'],
    downBitsPerSecond: ['14988.8'],
    upBitsPerSecond: ['14988.8'],
  },
  unifi: { ...time, idleSeconds: [], downBitsPerSecond: ['41112.1'], upBitsPerSecond: ['41112.3'] },
  omada: { ...time, ...wispr, idleSeconds: [], octets: ['11863.1', '11863.2'] },
  ruijie: { ...time, ...wispr },
  ruckus: { ...time, ...wispr, octets: ['25053.144'] },
  aruba: time,
  meraki: time,
  cisco: {
    ...time,
    downBitsPerSecond: ['14179.7', '14179.8', '14179.9', '14179.10'],
    upBitsPerSecond: ['14179.13', '14179.14', '14179.15', '14179.16'],
  },
  huawei: { ...time, octets: ['2011.15'], downBitsPerSecond: ['2011.5'], upBitsPerSecond: ['2011.2'] },
  cambium: { ...time, ...wispr, octets: ['17713.155+17713.156'] },
  fortinet: { ...time, idleSeconds: [] },
}

/** The types that a Disconnect-Request names session and NAS with. */
const RECIPES: Readonly<Record<Vendor, readonly number[]>> = {
  'coova-chilli': [1, 44],
  opennds: [],
  mikrotik: [1, 8, 44],
  unifi: [31, 44],
  omada: [31, 44],
  ruijie: [1, 44],
  ruckus: [31, 1, 4],
  aruba: [31, 4],
  meraki: [31],
  cisco: [31, 4],
  huawei: [44],
  cambium: [1, 31],
  fortinet: [44, 1, 8],
}

const SCALE: Readonly<Record<Unit, number>> = {
  s: 1,
  'bit/s': 1,
  'kbit/s': 1000,
  octets: 1,
  KiB: 1024,
  gigawords: 2 ** 32,
}

const faceOf = (vendor: Vendor) => gatewayOf(vendor)!.radius
const keyOf = ({ vendor, type }: RadiusAttribute): string =>
  vendor === null ? `${type}` : `${vendor}.${type}`

const definitionOf = (vendor: Vendor, { vendor: id, type }: RadiusAttribute): Definition | undefined =>
  faceOf(vendor)
    .dictionaries.flatMap((each) => Object.values(each))
    .find((definition) => definition.vendor === id && definition.type === type)

/** Ordinary limits, and those at which something wraps, ends or becomes 0. */
const figure = fc.oneof(
  fc.integer({ min: 1, max: 100_000_000 }),
  fc.double({ min: 0, max: 2 ** 53, noNaN: true }),
  fc.constantFrom(
    0,
    0.5,
    1,
    999,
    1000,
    1023,
    1024,
    2 ** 32 - 1,
    2 ** 32,
    2 ** 32 + 1,
    2 ** 42,
    2 ** 53,
    1e30,
  ),
)
const anyLimits: fc.Arbitrary<SessionLimits> = fc.record(
  {
    seconds: figure,
    idleSeconds: figure,
    octets: figure,
    downBitsPerSecond: figure,
    upBitsPerSecond: figure,
  },
  { requiredKeys: [] },
)

/** The keys that these limits are to be said with. */
function expected(vendor: Vendor, limits: SessionLimits): Set<string> {
  const keys = (Object.keys(limits) as (keyof SessionLimits)[]).flatMap((limit) =>
    SAID[vendor][limit].flatMap((key) => {
      const [low = '', gigawords] = key.split('+')
      return gigawords !== undefined && Math.floor(limits.octets ?? 0) >= 2 ** 32 ? [low, gigawords] : [low]
    }),
  )
  return new Set(keys)
}

/** The figure that a vendor's attribute stands for, in seconds, bit/s or octets. */
const figureOf = (limits: SessionLimits, vendor: Vendor, key: string): number => {
  const named = (Object.keys(limits) as (keyof SessionLimits)[]).find((limit) =>
    SAID[vendor][limit].some((each) => each.split('+').includes(key)),
  )
  return (named && limits[named]) ?? NaN
}

for (const vendor of VENDORS) {
  t.test(`${vendor}: limits are said in its own attributes and units, clamped, never 0`, (t) => {
    fc.assert(
      fc.property(anyLimits, (limits) => {
        const attributes = faceOf(vendor).limits(limits)
        const keys = attributes.map(keyOf)
        t.same(new Set(keys), expected(vendor, limits), 'all it understands, nothing it does not')
        t.equal(keys.length, new Set(keys).size, 'nothing twice')
        for (const attribute of attributes) {
          const definition = definitionOf(vendor, attribute)
          t.equal(definition?.kind, attribute.kind, `${keyOf(attribute)} is in its dictionary`)
          const { value } = toAttribute(attribute)
          if (attribute.kind === 'text') {
            t.match(attribute.value, /^[1-9]\d{0,7}k\/[1-9]\d{0,7}k$/)
            continue
          }
          t.equal(value.length, attribute.kind === 'integer64' ? 8 : 4)
          t.ok(
            value.some((octet) => octet !== 0),
            'never 0',
          )
          const scale = SCALE[definition?.unit ?? 's']
          const asked = figureOf(limits, vendor, keyOf(attribute))
          t.ok(Number(attribute.value) * scale <= Math.max(asked, scale), 'no more than was meant')
        }
      }),
      { numRuns: 150 },
    )
    t.end()
  })

  t.test(`${vendor}: its limits reach the wire as they are`, (t) => {
    const limits = { seconds: 3600, idleSeconds: 900, octets: 5_000_000_000 }
    const attributes = faceOf(vendor).limits({
      ...limits,
      downBitsPerSecond: 5_000_000,
      upBitsPerSecond: 2_000_000,
    })
    const sent = attributes.map(toAttribute)
    const octets = Buffer.alloc(attributesLength(sent))
    writeAttributes(sent, octets, 0)
    const packet = read(rawPacket(Code.AccessAccept, octets))
    for (const { vendor, type, kind, value } of attributes) {
      if (vendor === null) t.equal(packet.integer(type), value)
      else if (kind === 'integer64') t.equal(packet.vendorInteger64(vendor, type), value)
      else if (kind === 'text') t.equal(packet.vendorText(vendor, type), value)
      else t.equal(packet.vendorInteger(vendor, type), value)
    }
    t.end()
  })

  t.test(`${vendor}: a Disconnect-Request names the session as its recipe says`, (t) => {
    const nas = nasOf({ gateway: vendor, coa: { address: '10.1.0.1', port: 3799 } })
    const types = faceOf(vendor)
      .disconnect(sessionOf(), nas)
      .map((each) => {
        t.equal(definitionOf(vendor, each)?.kind, each.kind)
        return each.type
      })
    t.same(types, RECIPES[vendor])
    t.end()
  })

  // RFC 5176 §3: without any of these a request would be for every session that the NAS has.
  t.test(`${vendor}: however little is known, a session is named and nothing is empty`, (t) => {
    const naming = [1, 8, 31, 44]
    for (const session of [sessionOf({ userName: null, ip: null }), sessionOf({ ip: '2001:db8::7' })]) {
      const attributes = faceOf(vendor).disconnect(session, nasOf({ coa: null }))
      t.ok(attributes.every(({ value }) => value !== ''))
      if (gatewayOf(vendor)?.disconnect === 'coa')
        t.ok(attributes.some(({ vendor, type }) => vendor === null && naming.includes(type)))
    }
    t.end()
  })
}
