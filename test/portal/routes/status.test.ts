import { test } from 'tap'
import type { AccountingRecord } from '../../../core/domain/accounting.ts'
import { openCommands, takeCommands } from '../../../core/store/commands.ts'
import { chilliArrival, MORNING, PHONE, startStage, visitIn } from '../stage.ts'

test('being online', async (t) => {
  const stage = await startStage(t)
  const v = visitIn((await stage.get(chilliArrival())).body)
  const report = (
    status: AccountingRecord['status'],
    second: number,
    more: Partial<AccountingRecord> = {},
  ): AccountingRecord => ({
    status,
    nas: 'chilli',
    site: 'ho-hoan-kiem',
    acctSessionId: 'A1',
    mac: PHONE,
    at: MORNING + second * 1000,
    receivedAt: MORNING + second * 1000,
    fromVisitorOctets: null,
    toVisitorOctets: null,
    gigawords: true,
    seconds: second,
    cause: null,
    userName: null,
    visit: v,
    ip: null,
    ap: null,
    interimSeconds: 300,
    classSession: 'CCCCCCCCCCCCCCCC',
    ...more,
  })

  await t.test('before the tap there is no status, only the splash', async (t) => {
    const answer = await stage.get(`/status?v=${v}`)
    t.equal(answer.statusCode, 303)
    t.match(answer.headers.location, /^\/splash\?v=/)
  })

  await t.test(
    'after login the gateway’s success leads to the online page by a full navigation',
    async (t) => {
      await stage.post('/login/click-through', { v })
      const answer = await stage.get(chilliArrival({ res: 'success' }))
      t.equal(answer.statusCode, 303)
      t.match(answer.headers.location, new RegExp(`^/online\\?v=${v}`))
      const page = await stage.get(answer.headers.location as string)
      t.match(page.body, /Bạn đã vào mạng/)
    },
  )

  await t.test('the status page tells time and data left', async (t) => {
    await stage.parts.sessions.record(report('start', 0))
    await stage.parts.sessions.record(
      report('interim', 600, { fromVisitorOctets: 100_000_000n, toVisitorOctets: 260_000_000n }),
    )
    stage.now = MORNING + 900_000
    const page = await stage.get(`/status?v=${v}&lang=vi`)
    t.match(page.body, /45 phút/, 'fifteen minutes of sixty have passed')
    t.match(page.body, /640\sMB/, '360 MB of 1 GB are used')
    t.match(page.body, /<form method="post" action="\/logout/)
  })

  await t.test('Disconnect takes the right back and asks the gateway to end the session', async (t) => {
    await openCommands(stage.store)
    const asked = stage.post('/logout', { v })
    let commands = await takeCommands(stage.store, 'test')
    while (commands.length === 0) commands = await takeCommands(stage.store, 'test')
    t.match(commands[0]?.command, { nas: 'chilli', acctSessionId: 'A1', mac: PHONE, reason: 'visitor' })
    t.ok((await stage.parts.visits.find(v))?.revoked, 'no Access-Request of this visit is accepted any more')
    await stage.parts.sessions.record(report('stop', 905, { cause: 'Admin-Reset' }))
    const answer = await asked
    t.equal(answer.statusCode, 303)
    t.match((await stage.get(answer.headers.location as string)).body, /<html lang="vi"/)
    t.notMatch((await stage.get(`/status?v=${v}`)).body, /action="\/logout/)
  })

  await t.test('after Disconnect a new tap is a new right', async (t) => {
    stage.now += 60_000
    t.equal((await stage.post('/login/click-through', { v })).statusCode, 303)
    t.notOk((await stage.parts.visits.find(v))?.revoked)
    const page = await stage.get(`/online?v=${v}`)
    t.match(page.body, /Bạn đã vào mạng/, 'the session before it, which has ended, is another one')
  })

  await t.test('terms, privacy and help stand without a visit', async (t) => {
    for (const path of ['/terms', '/privacy', '/help']) {
      const page = await stage.get(`${path}?lang=en`)
      t.equal(page.statusCode, 200, path)
      t.match(page.body, /<html lang="en"/)
    }
    t.match((await stage.get('/privacy?lang=en')).body, /12 months/, 'the sealed copy is told of')
  })

  await t.test('health says what is missing', async (t) => {
    t.equal((await stage.get('/health/live')).statusCode, 200)
    t.equal((await stage.get('/health/ready')).statusCode, 200)
  })

  await t.test('with Redis away a visitor hears that it is our fault, in words', async (t) => {
    await stage.redis.stop()
    const page = await stage.get(chilliArrival())
    t.equal(page.statusCode, 500)
    t.match(page.body, /P-06/)
    t.notMatch(page.body, /ECONN|ioredis|redis\.sock/i, 'and nothing of what happened inside')
  })
})
