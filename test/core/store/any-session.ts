import fc from 'fast-check'
import { cityDay } from '../../../core/domain/day.ts'
import type { Mac } from '../../../core/domain/mac.ts'
import type { Session } from '../../../core/domain/session.ts'

/** What a gateway may say: texts of every kind, with more than its share of what parts fields and lines. */
const said = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.string({
    unit: fc.constantFrom('\t', '~', '%', '\n', '\r', '\0', 'g', '1', '.', 'ồ', '🐢'),
    minLength: 1,
  }),
  fc.constantFrom('%09', '%7e', '~g1', 'g1.visit.', '100%'),
)
const ourWord = fc.stringMatching(/^[A-Za-z0-9._-]{1,24}$/)
const id = fc.stringMatching(/^[A-Za-z0-9_-]{16}$/)
const mac = fc.stringMatching(/^[0-9A-F]{12}$/).map((text) => text as Mac)
const moment = fc.integer({ min: -3e12, max: 4e12 })
const apart = fc.oneof(fc.integer({ min: -9e8, max: 9e8 }), fc.integer({ min: -5e12, max: 5e12 }))
/** 64-bit counters, and sums of them. */
const octets = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 65n }),
  fc.constantFrom(0n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 36n ** 10n, 2n ** 63n - 1n),
)
const seconds = fc.oneof(fc.constant(0), fc.nat(0xffff_ffff))
const reading = fc.record(
  { at: moment, seconds, fromVisitorOctets: octets, toVisitorOctets: octets },
  { noNullPrototype: true },
)
const orNull = <T>(what: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(what, { nil: null })

/** A session as the store may have to keep it. */
export const anySession: fc.Arbitrary<Session> = fc
  .record({
    version: fc.integer({ min: 1, max: 1e9 }),
    id,
    nas: ourWord,
    site: ourWord,
    mac,
    acctSessionId: said,
    visit: orNull(id),
    userName: orNull(said),
    isGrant: fc.boolean(),
    subject: orNull(ourWord),
    method: orNull(fc.constantFrom('click-through', 'voucher')),
    lang: orNull(fc.constantFrom('vi', 'zh-Hans', 'other', 'und')),
    os: orNull(said),
    ip: orNull(fc.oneof(fc.ipV4(), fc.ipV6(), said)),
    ap: orNull(mac),
    startedAt: moment,
    heardAfter: apart,
    endedAfter: orNull(apart),
    cause: orNull(fc.constantFrom('User-Request', 'NAS-Reboot', 'Lost-Silence', 'Cause-99')),
    seconds,
    fromVisitorOctets: octets,
    toVisitorOctets: octets,
    interimSeconds: fc.integer({ min: 60, max: 86_400 }),
    dayAfter: orNull(fc.integer({ min: 0, max: 40 })),
    dayBaseSeconds: seconds,
    dayBaseOctets: octets,
    gigawords: fc.boolean(),
    midnights: fc.array(
      fc.record({ at: moment, before: reading, after: reading }, { noNullPrototype: true }),
      { maxLength: 7 },
    ),
    multiSessionId: orNull(said),
    ipv6: fc.array(
      fc.oneof(
        fc.ipV6(),
        fc.ipV6().map((address) => `${address}/64`),
      ),
      { maxLength: 16 },
    ),
  })
  .map(({ isGrant, heardAfter, endedAfter, dayAfter, ...rest }) => ({
    ...rest,
    userName: isGrant && rest.userName !== null ? `g1.${rest.visit}.${rest.userName}` : rest.userName,
    heardAt: rest.startedAt + heardAfter,
    endedAt: endedAfter === null ? null : rest.startedAt + endedAfter,
    day: cityDay(rest.startedAt + (dayAfter ?? 0) * 86_400_000),
  }))
