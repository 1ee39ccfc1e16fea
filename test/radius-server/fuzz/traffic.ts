import { classText } from '../../../core/domain/grant.ts'
import { dashedMac, type Mac } from '../../../core/domain/mac.ts'
import { testKeys } from '../../support/stores.ts'
import { readVectors } from '../packet/vectors.ts'
import { accessRequest, ipv4, signedRequest, tlv, vsa, type Proof, type Tlv } from '../wire.ts'
import type { Port } from './judge.ts'
import type { Random } from './random.ts'

/** A visitor that the server knows: what a gateway was handed for it, and what it may log in with besides. */
export interface Known {
  readonly mac: Mac
  readonly userName: string
  readonly password: string
  readonly code: string
}

/** A packet as gateways send it, before anything is done to it, and the port it belongs to. */
export interface Seed {
  readonly name: string
  readonly port: Port
  readonly make: (random: Random, secret: string, known: Known) => Buffer
}

/** Every vector of `test/vectors`, or the traffic of gateways with fresh identifiers and authenticators. */
export function seeds(): { readonly vectors: readonly Seed[]; readonly traffic: readonly Seed[] } {
  const vectors = readVectors().map(({ name, bytes }): Seed => {
    const isAccounting = bytes[0] === 4 || bytes[0] === 5
    return { name, port: isAccounting ? 'acct' : 'auth', make: () => Buffer.from(bytes) }
  })
  return { vectors, traffic: [...accessSeeds, ...accountingSeeds, ...otherSeeds] }
}

/** A request that must be answered with an Access-Accept, whatever came before it. */
export const goodAccess = (random: Random, secret: string, known: Known): Buffer =>
  accessRequest([tlv(1, known.userName), tlv(31, dashedMac(known.mac)), tlv(32, 'hoan-kiem-1')], {
    secret,
    identifier: random.below(256),
    authenticator: random.octets(16),
    proof: { pap: known.password },
  })

/** A request that must be answered with an Accounting-Response. */
export const goodAccounting = (random: Random, secret: string, known: Known): Buffer =>
  signedRequest(4, report(random, known, 3), { secret, identifier: random.below(256) })

export const goodStatus = (random: Random, secret: string): Buffer =>
  accessRequest([], { secret, code: 12, identifier: random.below(256), authenticator: random.octets(16) })

const MIKROTIK = 14988
const CHILLISPOT = 14559
const WISPR = 14122
const MICROSOFT = 311
const VENDORS = [
  MIKROTIK,
  CHILLISPOT,
  WISPR,
  MICROSOFT,
  9,
  14823,
  25053,
  14179,
  29671,
  41112,
  2011,
  17713,
  11863,
]

const accessSeeds: Seed[] = [
  {
    name: 'a visitor by PAP',
    port: 'auth',
    make: (random, secret, known) =>
      access(random, secret, known, [tlv(1, known.userName)], { pap: known.password }),
  },
  {
    name: 'a visitor by CHAP',
    port: 'auth',
    make: (random, secret, known) =>
      access(random, secret, known, [tlv(1, known.userName)], {
        chap: known.password,
        ...(random.oneIn(2) && { challenge: random.octets(5 + random.below(30)) }),
      }),
  },
  {
    name: 'a visitor by MS-CHAPv2',
    port: 'auth',
    make: (random, secret, known) =>
      access(random, secret, known, [
        tlv(1, known.userName),
        vsa(MICROSOFT, 11, random.octets(16)),
        vsa(MICROSOFT, 25, Buffer.concat([Buffer.of(7, 0), random.octets(48)])),
      ]),
  },
  {
    name: 'a device by its MAC',
    port: 'auth',
    make: (random, secret, known) =>
      access(random, secret, known, [tlv(1, dashedMac(known.mac)), tlv(6, 10)], {
        pap: random.oneIn(2) ? '' : dashedMac(known.mac),
      }),
  },
  {
    name: 'an access code',
    port: 'auth',
    make: (random, secret, known) =>
      access(random, secret, known, [tlv(1, known.code)], { pap: random.oneIn(2) ? known.code : '' }),
  },
  {
    name: 'a wrong password',
    port: 'auth',
    make: (random, secret, known) =>
      access(random, secret, known, [tlv(1, known.userName)], { pap: random.octets(12).toString('latin1') }),
  },
  {
    name: 'nobody',
    port: 'auth',
    make: (random, secret, known) =>
      access(random, secret, known, [tlv(1, `g1.${random.octets(6).toString('hex')}.x`)], { chap: 'x' }),
  },
  {
    name: 'EAP',
    port: 'auth',
    make: (random, secret, known) =>
      access(random, secret, known, [
        tlv(1, known.userName),
        tlv(79, random.octets(253)),
        tlv(79, random.octets(random.below(254))),
        tlv(24, random.octets(16)),
      ]),
  },
  {
    name: 'a request through proxies',
    port: 'auth',
    make: (random, secret, known) =>
      access(random, secret, known, [tlv(1, known.userName), ...proxyStates(random)], {
        pap: known.password,
      }),
  },
  {
    name: 'Authorize-Only with State',
    port: 'auth',
    make: (random, secret, known) =>
      access(random, secret, known, [tlv(1, known.userName), tlv(6, 17), tlv(24, random.octets(16))]),
  },
]

const accountingSeeds: Seed[] = [1, 2, 3, 7, 8, 9, 15].map((status) => ({
  name: `accounting of status ${status}`,
  port: 'acct',
  make: (random, secret, known) =>
    signedRequest(4, report(random, known, status), { secret, identifier: random.below(256) }),
}))

const otherSeeds: Seed[] = [
  { name: 'Status-Server', port: 'auth', make: goodStatus },
  { name: 'Status-Server for accounting', port: 'acct', make: goodStatus },
  {
    name: 'Disconnect-Request',
    port: 'auth',
    make: (random, secret) =>
      signedRequest(40, [tlv(44, 'session')], { secret, identifier: random.below(256) }),
  },
]

function access(
  random: Random,
  secret: string,
  known: Known,
  attributes: readonly Tlv[],
  proof?: Proof,
): Buffer {
  return accessRequest(
    [
      ...attributes,
      tlv(31, dashedMac(known.mac)),
      tlv(30, '02-10-00-00-01-01:Ha Noi Wi-Fi'),
      ...where(random),
    ],
    {
      secret,
      identifier: random.below(256),
      authenticator: random.octets(16),
      messageAuthenticator: !random.oneIn(4),
      ...(proof && { proof }),
    },
  )
}

/** What an accounting packet of this status says of the known visitor. */
function report(random: Random, known: Known, status: number): Tlv[] {
  const session = random.below(40).toString(16).padStart(8, '8')
  const ticket = classText(testKeys.class, { session, visit: 'a-visit-of-fuzzing' }, known.mac)
  return [
    tlv(40, status),
    tlv(44, session),
    tlv(1, known.userName),
    tlv(31, dashedMac(known.mac)),
    tlv(30, '02-10-00-00-01-01:Ha Noi Wi-Fi'),
    tlv(25, ticket),
    tlv(42, random.below(2 ** 31)),
    tlv(43, random.below(2 ** 31)),
    tlv(46, random.below(7200)),
    tlv(52, random.below(3)),
    tlv(53, random.below(3)),
    tlv(41, random.below(120)),
    tlv(55, 1_763_765_000 + random.below(1000)),
    ...(status === 2 ? [tlv(49, 1 + random.below(22))] : []),
    ...where(random),
  ]
}

/** Where a gateway says it is, in one of the ways gateways have, with vendors' words and attributes of every kind. */
function where(random: Random): Tlv[] {
  const all: Tlv[] = [
    ipv4(4, '192.0.2.16'),
    ipv4(8, `10.1.${random.below(256)}.${random.below(256)}`),
    tlv(32, 'hoan-kiem-1'),
    tlv(5, random.below(65_536)),
    tlv(61, 19),
    tlv(87, 'wlan1'),
    tlv(77, 'CONNECT 54 Mbps'),
    [95, random.octets(16)],
    [97, Buffer.concat([Buffer.of(0, 64), random.octets(8)])],
    [96, random.octets(8)],
    [64, Buffer.of(1, 0, 0, 13)],
    [81, Buffer.concat([Buffer.of(1), Buffer.from('36')])],
    [241, Buffer.concat([Buffer.of(1 + random.below(26)), random.octets(1 + random.below(20))])],
    [245, Buffer.concat([Buffer.of(1, 0x80), random.octets(251)])],
    [245, Buffer.concat([Buffer.of(1, 0), random.octets(20)])],
    vsa(random.pick(VENDORS), 1 + random.below(60), random.oneIn(2) ? random.below(1e6) : 'text of a vendor'),
    vsa(random.pick(VENDORS), 1 + random.below(60), random.octets(random.below(40))),
    vsa(CHILLISPOT, 10, random.below(2)),
  ]
  return all.filter(() => random.oneIn(2))
}

const proxyStates = (random: Random): Tlv[] =>
  Array.from({ length: 1 + random.below(4) }, (): Tlv => [33, random.octets(1 + random.below(253))])
