import t from 'tap'
import type { Clock } from '../../../../cli/simulate/clock.ts'
import {
  OnlineSession,
  type EndCause,
  type Limits,
  type Reading,
  type SessionReporter,
} from '../../../../cli/simulate/gateways/session.ts'
import type { Stay } from '../../../../cli/simulate/phones/phone.ts'
import { drawTraffic } from '../../../../cli/simulate/phones/traffic.ts'
import { createRandom } from '../../../../cli/simulate/random.ts'
import { guestOf } from '../stage.ts'

/** A clock whose waits end at once, at the moment they were for; `hold` stops it at a moment. */
function quickClock(): Clock & { hold: number } {
  let now = 1_000_000
  const clock = {
    speed: 1,
    hold: Infinity,
    now: () => now,
    wait(milliseconds: number) {
      const target = now + milliseconds
      let settle = (): void => {}
      const done = new Promise<void>((resolve) => (settle = resolve))
      if (target <= clock.hold) {
        setImmediate(() => {
          now = Math.max(now, target)
          settle()
        })
      } else now = Math.max(now, Math.min(target, clock.hold))
      return { done, cut: settle }
    },
  }
  return clock
}

interface Told {
  readonly interims: number[]
  stop: { reading: Reading; cause: EndCause } | null
}

function stage(stay: Partial<Stay>, limits: Limits, clock = quickClock()) {
  const told: Told = { interims: [], stop: null }
  const reporter: SessionReporter = {
    start: async () => {},
    interim: async (reading) => void told.interims.push(reading.seconds),
    stop: async (reading, cause) => {
      told.stop = { reading, cause }
      return true
    },
  }
  return { told, clock, session: new OnlineSession({ stay: guestOf(1, stay).stay, limits, clock, reporter }) }
}

const LIMITS: Limits = { sessionSeconds: 3600, idleSeconds: 300, interimSeconds: 300 }

t.test('a radio that goes off ends the session then, with interims at every interval before', async (t) => {
  const { session, told } = stage({ seconds: 1000, leaves: 'wifi-off' }, LIMITS)
  const end = await session.over
  t.same(end, {
    reading: { seconds: 1000, from: 1_000_000n, to: 9_000_000n },
    cause: 'Lost-Carrier',
    confirmed: true,
  })
  t.same(told.interims, [300, 600, 900])
})

t.test('who walks away is noticed after Idle-Timeout, and moved nothing meanwhile', async (t) => {
  const { session } = stage({ seconds: 1000, leaves: 'walks-away' }, LIMITS)
  const { reading, cause } = await session.over
  t.equal(cause, 'Idle-Timeout')
  t.same(reading, { seconds: 1300, from: 1_000_000n, to: 9_000_000n })
})

t.test('Session-Timeout ends what would last longer', async (t) => {
  const { session, told } = stage({ seconds: 5000 }, { ...LIMITS, sessionSeconds: 600 })
  const { reading, cause } = await session.over
  t.equal(cause, 'Session-Timeout')
  t.equal(reading.seconds, 600)
  t.same(told.interims, [300], 'no interim at the moment of the Stop')
})

t.test('a quota ends the session at the second that reaches it', async (t) => {
  const traffic = drawTraffic(createRandom(3))
  const both = traffic.at(500).from + traffic.at(500).to
  const { session } = stage({ seconds: 1000, traffic }, { ...LIMITS, quota: { both } })
  const { reading, cause } = await session.over
  t.equal(cause, 'Data-Quota')
  t.equal(reading.seconds, 500)
  t.equal(reading.from + reading.to, both)
})

t.test('without an interval there are no interims', async (t) => {
  const { session, told } = stage({ seconds: 1000 }, { ...LIMITS, interimSeconds: undefined })
  await session.over
  t.same(told.interims, [])
})

t.test('it can be ended at any moment, with the totals of that moment', async (t) => {
  const clock = quickClock()
  clock.hold = clock.now() + 450_500
  const { session, told } = stage({ seconds: 1000 }, LIMITS, clock)
  while (clock.now() < clock.hold) await new Promise(setImmediate)
  t.same(session.now(), { seconds: 450, from: 450_000n, to: 4_050_000n })
  const end = await session.end('Admin-Reset')
  t.same(end.reading, { seconds: 450, from: 450_000n, to: 4_050_000n })
  t.equal(end.cause, 'Admin-Reset')
  t.same(told.interims, [300])
  t.same(await session.end('NAS-Request'), end, 'once')
})

t.test('a CoA changes when it ends', async (t) => {
  const clock = quickClock()
  clock.hold = clock.now() + 310_000
  const { session } = stage({ seconds: 1000 }, LIMITS, clock)
  while (clock.now() < clock.hold) await new Promise(setImmediate)
  clock.hold = Infinity
  session.change({ sessionSeconds: 400 })
  const { reading, cause } = await session.over
  t.equal(cause, 'Session-Timeout')
  t.equal(reading.seconds, 400)
})

t.test('a session that is lost is as it was told last, and nobody is told of its end', async (t) => {
  const clock = quickClock()
  clock.hold = clock.now() + 450_500
  const { session, told } = stage({ seconds: 1000 }, LIMITS, clock)
  while (clock.now() < clock.hold) await new Promise(setImmediate)
  t.same(await session.lose(), {
    reading: { seconds: 300, from: 300_000n, to: 2_700_000n },
    cause: 'Lost-Carrier',
    confirmed: false,
  })
  t.same(told, { interims: [300], stop: null })
  t.notOk(session.isOpen)
})
