// What has to hold of every city that could be, judged by the reference. `npm test` tries hundreds of each kind,
// `npm run long` many thousands.
import fc from 'fast-check'
import type { Test } from 'tap'
import { damaged, damagesOf } from './damage.ts'
import { garbage } from './garbage.ts'
import { judge, judgeLoosely, judgeSteps, nameOf } from './judge.ts'
import { expectedSessions } from './model.ts'
import { Platform, type Told } from './platform.ts'
import { isReport } from './reports.ts'
import { arrivalsOf, jittered, startsFirst, worldOf, type Wished, type World } from './world.ts'

export interface Effort {
  /** Cities a proof. */
  readonly runs: number
  /** A slow machine tries fewer. */
  readonly mostSeconds: number
}

/** Breaks ties between what arrives in the same second. */
const ties = fc.array(fc.nat(1000), { minLength: 1, maxLength: 97 })

/** The proofs as tests. */
export function prove(t: Pick<Test, 'test'>, { runs, mostSeconds }: Effort): void {
  const settings = { numRuns: runs, interruptAfterTimeLimit: mostSeconds * 1000 }
  const everyCity = (wished: Wished, holds: (world: World, ties: readonly number[]) => void): void =>
    fc.assert(fc.property(worldOf(wished), ties, holds), settings)

  t.test(
    'any order, copies, delays, losses and restarts: sessions and their days are the reference’s',
    (t) => {
      const seen = new Map<string, number>()
      everyCity({ losses: true, restarts: true }, ({ sent }, ties) => {
        const arrivals = arrivalsOf(sent, ties)
        const platform = new Platform()
        for (const arrived of arrivals) platform.take(arrived)
        platform.fallSilent()
        judge(platform, expectedSessions(arrivals))
        for (const outcome of platform.outcomes) seen.set(outcome, (seen.get(outcome) ?? 0) + 1)
      })
      const needed = [
        'counted',
        'duplicate',
        'ended',
        'id-reused',
        'late',
        'no-octets',
        'over-midnight',
        'start-missed',
      ]
      for (const outcome of [...needed, 'went-back', 'wrapped'])
        t.ok(seen.has(outcome), `such cities have met "${outcome}": ${seen.get(outcome) ?? 0} times`)
      t.end()
    },
  )

  t.test('where everything arrives, in any order, sessions are those that there were', (t) => {
    everyCity({ losses: false, restarts: true }, ({ sent, lives }, ties) => {
      const platform = new Platform()
      for (const arrived of arrivalsOf(sent, ties)) platform.take(arrived)
      const found = new Map(platform.told.map(({ session }) => [nameOf(session), session]))
      for (const life of lives.filter(({ isWhole }) => isWhole)) {
        const session = found.get(nameOf(life))
        const told = [session?.seconds, session?.fromVisitorOctets, session?.toVisitorOctets]
        if (told.join() !== [life.seconds, life.from, life.to].join())
          throw new Error(
            `${nameOf(life)} used ${life.seconds} s, ${life.from} and ${life.to}, not ${told.join()}`,
          )
      }
      if (found.size !== lives.length) throw new Error(`${found.size} sessions of ${lives.length}`)
    })
    t.pass('for generated cities')
    t.end()
  })

  t.test('silence that ends sessions in between changes neither their totals nor their days', (t) => {
    let reopened = 0
    everyCity({ losses: true, restarts: true }, ({ sent }, ties) => {
      const arrivals = arrivalsOf(sent, ties)
      const platform = new Platform()
      for (const arrived of arrivals) {
        platform.fallSilent(arrived.receivedAt)
        platform.take(arrived)
      }
      platform.fallSilent()
      judge(platform, expectedSessions(arrivals), { guessesMayDiffer: true })
      reopened += platform.outcomes.filter((each) => each === 'reopened').length
    })
    t.ok(reopened > 0, `${reopened} were found alive`)
    t.end()
  })

  t.test(
    'a network that is late by parts of a second moves a session’s times by no more than seconds',
    (t) => {
      fc.assert(
        fc.property(
          worldOf({ losses: true, restarts: true }),
          ties,
          fc.array(fc.nat(999), { minLength: 1 }),
          (world, ties, parts) => {
            const arrivals = arrivalsOf(world.sent, ties)
            const platform = new Platform()
            for (const arrived of jittered(arrivals, parts)) platform.take(arrived)
            platform.fallSilent()
            judgeLoosely(platform, expectedSessions(arrivals))
          },
        ),
        settings,
      )
      t.pass('for generated cities')
      t.end()
    },
  )

  t.test('what is absurd or missing in some reports changes nothing that the others say', (t) => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(worldOf({ losses: false, restarts: false }), ties, damagesOf, (world, ties, damages) => {
        const { arrivals, clean } = damaged(arrivalsOf(startsFirst(world).sent, ties), damages)
        const platform = new Platform()
        for (const arrived of arrivals) platform.take(arrived)
        platform.fallSilent()
        judge(platform, expectedSessions(clean))
        for (const outcome of platform.outcomes) seen.add(outcome)
      }),
      settings,
    )
    for (const outcome of [
      'absurd-delay',
      'absurd-octets',
      'absurd-session-time',
      'no-octets',
      'no-session-time',
    ])
      t.ok(seen.has(outcome), `such reports have come: ${outcome}`)
    t.end()
  })

  t.test('whatever a gateway sends, no session shrinks, vanishes or contradicts itself', (t) => {
    let sessions = 0
    fc.assert(
      fc.property(garbage, (said) => {
        const platform = new Platform()
        const known = new Map<Told, number>()
        for (const arrived of said) {
          platform.take(arrived)
          for (const told of platform.told) {
            const { seconds, fromVisitorOctets, toVisitorOctets, heardAt } = told.session
            const size = seconds + Number(fromVisitorOctets + toVisitorOctets) + heardAt
            if (size < (known.get(told) ?? 0)) throw new Error('a session shrank')
            known.set(told, size)
            if (told.session.endedAt !== null && told.session.endedAt < told.session.startedAt)
              throw new Error('a session ended before it began')
          }
          if (said.some(({ says }) => isReport(says)) && platform.told.length > said.length)
            throw new Error('more sessions than reports')
        }
        for (const told of platform.told) judgeSteps(nameOf(told.session), told)
        sessions += platform.told.length
      }),
      settings,
    )
    t.ok(sessions > 0, `${sessions} sessions`)
    t.end()
  })
}
