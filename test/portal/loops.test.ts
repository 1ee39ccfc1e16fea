import { test } from 'tap'
import { parseMac } from '../../core/domain/mac.ts'
import { chilliArrival, IPHONE, startStage, visitIn } from './stage.ts'

const WINDOW = { 'user-agent': IPHONE, accept: 'text/html,application/xhtml+xml' }

test('a phone that is sent to and fro', async (t) => {
  const stage = await startStage(t)
  const loops = async () =>
    (await stage.events('chilli')).filter((event) => event.kind === 'refusal' && event.reason === 'loop')
      .length
  const url = (last: string) => chilliArrival({}, parseMac(`02AABBCCDD${last}`)!)

  await t.test('ten arrivals in a minute are a patient phone, the next is told what happens', async (t) => {
    for (let i = 0; i < 10; i++) t.notMatch((await stage.get(url('21'), WINDOW)).body, /L-05/)
    const page = await stage.get(url('21'), WINDOW)
    t.equal(page.statusCode, 200)
    t.match(page.body, /L-05/, 'the code that staff are told')
    t.notMatch(page.body, /http-equiv="refresh"/, 'and it goes nowhere by itself')
    t.match(page.body, /class="go" href="\/splash\?v=/, 'one tap tries again')
    await stage.get(url('21'), WINDOW)
    t.equal(await loops(), 1, 'counted once')
    t.notMatch((await stage.get(url('22'), WINDOW)).body, /L-05/, 'another phone is not concerned')
  })

  await t.test('who was let in and still comes back is told at the third time', async (t) => {
    const v = visitIn((await stage.get(url('23'), WINDOW)).body)
    await stage.post('/login/click-through', { v })
    t.notMatch((await stage.get(url('23'), WINDOW)).body, /L-05/)
    t.notMatch((await stage.get(url('23'), WINDOW)).body, /L-05/)
    t.match((await stage.get(url('23'), WINDOW)).body, /L-05/)
    t.equal(await loops(), 2)
    stage.now += 61_000
    t.notMatch((await stage.get(url('23'), WINDOW)).body, /L-05/, 'a minute later it may be another errand')
  })

  await t.test('probes and apps ask as often as they like', async (t) => {
    for (let i = 0; i < 12; i++) {
      await stage.get(url('24'), { ...WINDOW, 'user-agent': 'CaptiveNetworkSupport-443.60.1 wispr' })
      await stage.get(url('24'), { 'user-agent': 'okhttp/4.12.0', accept: '*/*' })
    }
    t.notMatch((await stage.get(url('24'), WINDOW)).body, /L-05/)
  })
})
