import { test } from 'tap'
import type { AccountingRecord } from '../../../core/domain/accounting.ts'
import { deviceSubject } from '../../../core/domain/grants.ts'
import { parseMac, type Mac } from '../../../core/domain/mac.ts'
import type { SessionReport } from '../../../core/store/sessions.ts'
import { testKeys, until } from '../../support/stores.ts'
import { chilliArrival, MORNING, openndsArrival, startStage, visitIn, type Stage } from '../stage.ts'

/** A visitor who has tapped Connect at ten and whose gateway has told of his session. */
async function online(stage: Stage, mac: Mac, begun: Partial<SessionReport> = {}) {
  stage.now = MORNING
  const visit = visitIn((await stage.get(chilliArrival({}, mac))).body)
  await stage.post('/login/click-through', { v: visit })
  const report = async (
    status: AccountingRecord['status'],
    minute: number,
    more: Partial<SessionReport> = {},
  ): Promise<void> => {
    stage.now = MORNING + minute * 60_000
    await stage.parts.sessions.record({
      status,
      nas: 'chilli',
      site: 'ho-hoan-kiem',
      acctSessionId: `A-${mac}`,
      mac,
      at: stage.now,
      receivedAt: stage.now,
      fromVisitorOctets: 0n,
      toVisitorOctets: 0n,
      gigawords: true,
      seconds: minute * 60,
      cause: null,
      userName: null,
      visit,
      ip: null,
      ap: null,
      interimSeconds: 300,
      classSession: null,
      ...more,
    })
  }
  await report('start', 0, begun)
  const status = async (lang: string) => (await stage.get(`/status?v=${visit}&lang=${lang}`)).body
  return { visit, report, status }
}

test('why was I cut off?', async (t) => {
  const stage = await startStage(t)
  let devices = 0
  const device = (): Mac => parseMac(`02AABBCCEE${String(++devices).padStart(2, '0')}`)!

  await t.test('whose minutes are used up is told so, with the time', async (t) => {
    const { report, status } = await online(stage, device())
    await report('stop', 60, { cause: 'Session-Timeout' })
    t.match(await status('vi'), '60 phút của bạn đã hết lúc 11:00.')
    t.match(await status('en'), 'Your 60 minutes were used up at 11:00.')
  })

  await t.test('whose data is used up is told so, although CoovaChilli says Session-Timeout', async (t) => {
    const { report, status } = await online(stage, device())
    await report('stop', 20, { cause: 'Session-Timeout', toVisitorOctets: 1_000_000_001n })
    t.match(await status('en'), /Your 1\sGB of data was used up at 10:20\./)
  })

  await t.test('who was idle, left or was not heard of is told so', async (t) => {
    const idle = await online(stage, device())
    await idle.report('stop', 30, { cause: 'Idle-Timeout' })
    t.match(await idle.status('en'), 'did not use the Wi-Fi for 15 minutes, so this visit ended at 10:30.')
    const left = await online(stage, device())
    await left.report('stop', 31, { cause: 'Lost-Carrier' })
    t.match(await left.status('vi'), 'Máy bạn rời Wi-Fi lúc 10:31.')
    const mac = device()
    const silent = await online(stage, mac)
    await silent.report('interim', 5)
    stage.now = MORNING + 40 * 60_000
    await stage.parts.sessions.endIfSilent({ nas: 'chilli', acctSessionId: `A-${mac}`, mac }, stage.now)
    t.match(await silent.status('en'), 'We have heard nothing of your phone since 10:05.')
  })

  await t.test('who pressed Disconnect is thanked; anybody else was disconnected', async (t) => {
    const { visit, report, status } = await online(stage, device())
    const asked = stage.post('/logout', { v: visit, lang: 'en' })
    const wish = async () => (await stage.events('chilli')).find((event) => event.kind === 'coa')
    await until(async () => (await wish()) !== undefined, 'the wish is told')
    t.match(await wish(), { reason: 'visitor', result: 'asked' }, 'the session’s story knows who asked')
    await report('stop', 10, { cause: 'Admin-Reset' })
    const after = await stage.get((await asked).headers.location as string)
    t.match(after.body, 'You disconnected at 10:10. Thank you for stopping by.')
    t.match(await status('en'), 'Your phone was disconnected at 10:10.')
  })

  await t.test('whom we put out for a limit is told of it, though the gateway knows no reason', async (t) => {
    const end = async (used: { seconds: number; octets: number }, acceptedAt = MORNING) => {
      const mac = device()
      const { visit, report, status } = await online(stage, mac)
      await stage.parts.visits.accepted({ id: visit, nas: 'chilli', mac }, acceptedAt)
      const day = deviceSubject(testKeys.subject, mac)
      await stage.parts.usage.count(day, '2026-11-21', 'elsewhere', used)
      await report('stop', 20, { cause: 'Admin-Reset' })
      return status('en')
    }
    t.match(await end({ seconds: 60, octets: 0 }), 'Your phone was disconnected at 10:20.')
    t.match(await end({ seconds: 7200, octets: 0 }), 'Your time was used up at 10:20.', 'at two sites')
    t.match(await end({ seconds: 60, octets: 1_000_000_001 }), 'Your data was used up at 10:20.')
    const earlier = await end({ seconds: 60, octets: 0 }, MORNING - 50 * 60_000)
    t.match(earlier, 'Your time was used up at 10:20.', 'its hour began before this session')
  })

  await t.test('who was let in unchecked is told of the five minutes that he was given', async (t) => {
    const { report, status } = await online(stage, device(), { degraded: true })
    t.match(await status('en'), /labelledby="time" max="300" value="300"/)
    await report('stop', 5, { cause: 'Session-Timeout' })
    t.match(await status('en'), 'Your 5 minutes were used up at 10:05.')
  })

  await t.test('whose day is used up is told on the quota page how the last visit ended', async (t) => {
    const mac = device()
    const { visit, report } = await online(stage, mac)
    await report('stop', 60, { cause: 'Session-Timeout' })
    await stage.parts.usage.count(deviceSubject(testKeys.subject, mac), '2026-11-21', 's1', {
      seconds: 7200,
      octets: 0,
    })
    const quota = await stage.post('/login/click-through', { v: visit, lang: 'en' })
    t.match(quota.body, 'used today&#39;s 120 minutes')
    t.match(quota.body, 'Your 60 minutes were used up at 11:00.')
    const stranger = visitIn((await stage.get(openndsArrival(2, '02:aa:bb:cc:ee:99'))).body)
    await stage.parts.usage.count(
      deviceSubject(testKeys.subject, parseMac('02AABBCCEE99')!),
      '2026-11-21',
      's2',
      { seconds: 7200, octets: 0 },
    )
    const page = await stage.post('/login/click-through', { v: stranger, lang: 'en' })
    t.match(page.body, 'used today&#39;s 120 minutes')
    t.notMatch(page.body, 'used up at')
  })
})
