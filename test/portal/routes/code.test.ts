import { test } from 'tap'
import { chilliArrival, startStage, visitIn } from '../stage.ts'

test('the QR code of a slip puts its code into the field, and opens nothing by itself', async (t) => {
  const stage = await startStage(t)
  const scanned = await stage.get('/ma/hk20-8ixq')
  t.equal(scanned.statusCode, 303)
  t.match(scanned.headers.location, /^\/help\?lang=/, 'nobody knows where this browser is')
  const kept = scanned.cookies.find(({ name }) => name === 'code')!
  t.match(kept, { value: 'HK2081XQ', httpOnly: true, maxAge: 900 })

  const splash = await stage.get(chilliArrival(), { cookie: `code=${kept.value}` })
  t.match(splash.body, /<details class="code" open>/)
  t.match(splash.body, 'value="HK2081XQ"')
  t.notMatch((await stage.get(chilliArrival())).body, 'HK2081XQ')

  const visit = splash.cookies.find(({ name }) => name === 'visit')!.value
  const again = await stage.get('/ma/HK2081XQ', { cookie: `visit=${visit}` })
  t.match(again.headers.location, `/splash?v=${visitIn(splash.body)}`)
})

test('what is no code is kept nowhere', async (t) => {
  const stage = await startStage(t)
  for (const odd of ['x', 'HK2081X', '%00', '%22%3E%3Cscript%3E', 'x'.repeat(120)]) {
    const answer = await stage.get(`/ma/${odd}`)
    t.equal(answer.statusCode, 303, odd)
    t.equal(answer.cookies.length, 0, odd)
  }
  const splash = await stage.get(chilliArrival(), { cookie: 'code=%22%3E%3Cscript%3E' })
  t.notMatch(splash.body, '<script')
  t.notMatch(splash.body, /<details class="code" open>/)
})
