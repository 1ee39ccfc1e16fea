import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { realClock } from '../../../cli/simulate/clock.ts'
import { getOnline, type Outcome, type VisitSetup } from '../../../cli/simulate/visit.ts'
import { address, guestOf } from './stage.ts'

const SPLASH = '<form method="post" action="/login/click-through?v=1"><button>Go</button></form>'
const CODE =
  '<form method="post" action="/login/voucher"><input name="v" type="hidden"><input name="code"></form>'

/** A place where the phone is always captive, and the portal answers as told. */
async function visit(
  t: Test,
  pages: Readonly<Record<string, string | number>>,
  more: Partial<VisitSetup> = {},
): Promise<{ outcome: Outcome; steps: string[]; asked: string[] }> {
  const asked: string[] = []
  const portal = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    const page = pages[request.url ?? '']
    if (typeof page === 'number') return response.writeHead(page).end('<h1>Lỗi</h1>')
    response.end(page ?? '<h1>Trang khác</h1>')
  })
  const origin = await new Promise<string>((resolve) => {
    portal.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(portal.address() as AddressInfo).port}`))
  })
  const gateway = createServer((_, response) => response.writeHead(302, { location: `${origin}/g` }).end())
  await new Promise<void>((resolve) => void gateway.listen(0, address(30), resolve))
  t.teardown(() => {
    for (const server of [portal, gateway]) {
      server.closeAllConnections()
      server.close()
    }
  })
  const steps: string[] = []
  const at = (server: typeof portal, host: string) => ({ host, port: (server.address() as AddressInfo).port })
  const outcome = await getOnline({
    phone: guestOf(1).phone,
    route: {
      phone: address(201),
      outside: address(30),
      gateway: at(gateway, address(30)),
      portal: at(portal, '127.0.0.1'),
      portalOrigins: [origin],
    },
    clock: { ...realClock(1), wait: () => realClock(1).wait(0) },
    observer: {
      arrival: () => void steps.push('arrival'),
      splash: (_, octets) => void steps.push(`splash ${octets}`),
      tap: (by) => void steps.push(`tap ${by}`),
    },
    givesUp: false,
    voucher: null,
    isOver: () => false,
    ...more,
  })
  return { outcome, steps, asked }
}

t.test('a portal that fails is told with its page', async (t) => {
  const { outcome, steps } = await visit(t, { '/g': 503 })
  t.same(outcome, { kind: 'failed', reason: 'splash: 503 /g "Lỗi"' })
  t.same(steps, ['arrival'])
})

t.test('a page without a login form is no splash', async (t) => {
  const { outcome } = await visit(t, { '/g': '<title>Bảo trì</title>' })
  t.same(outcome, { kind: 'failed', reason: 'splash: 200 /g "Bảo trì"' })
})

t.test('who gives up sends nothing', async (t) => {
  const { outcome, asked } = await visit(t, { '/g': SPLASH }, { givesUp: true })
  t.same(outcome, { kind: 'gave-up' })
  t.notOk(asked.some((each) => each.startsWith('POST')))
})

t.test('a refusal after the tap is told with its page', async (t) => {
  const { outcome, steps } = await visit(t, { '/g': SPLASH, '/login/click-through?v=1': '<h1>Hết lượt</h1>' })
  t.same(outcome, { kind: 'failed', reason: 'after the tap: 200 /login/click-through "Hết lượt"' })
  t.same(steps.slice(1), [`splash ${SPLASH.length}`, 'tap button'])
})

t.test('a waiting page is asked again, but not for ever', async (t) => {
  const waiting = '<meta http-equiv="refresh" content="3;url=/wait"><h1>Đang kết nối</h1>'
  const { outcome, asked } = await visit(t, {
    '/g': SPLASH,
    '/login/click-through?v=1': waiting,
    '/wait': waiting,
  })
  t.match(outcome, { kind: 'failed', reason: 'after the tap: still waiting, 200 /wait "Đang kết nối"' })
  t.equal(asked.filter((each) => each === 'GET /wait').length, 12)
})

t.test('a code is typed where the field is, or one link away', async (t) => {
  const here = await visit(t, { '/g': SPLASH + CODE }, { voucher: 'AAAA0001' })
  t.same(here.steps.slice(-1), ['tap code'])
  const there = await visit(
    t,
    { '/g': `${SPLASH}<a href="/ma?v=1">Mã</a>`, '/ma?v=1': CODE },
    { voucher: 'AAAA0001' },
  )
  t.same(there.asked.slice(-2), ['GET /ma?v=1', 'POST /login/voucher'])
  const nowhere = await visit(t, { '/g': SPLASH }, { voucher: 'AAAA0001' })
  t.same(nowhere.outcome, { kind: 'failed', reason: 'splash: no form for a code' })
})
