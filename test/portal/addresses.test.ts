import { readdirSync } from 'node:fs'
import { test } from 'tap'
import { createPages } from '../../portal/pages.ts'
import { chilliArrival, startStage, visitIn } from './stage.ts'
import { samplePages } from './views/samples.ts'

/** Some captive browsers (Samsung's, M) leave out what looks like an advertisement. */
const BLOCKED = /(?:^|[^a-z])(?:ads?|advert\w*|banners?|sponsor\w*|promo\w*|track(?:er|ing)?)(?:$|[^a-z])/i

test('no address, class or file of the portal has a word that content blockers know', async (t) => {
  t.match('/ads/top', BLOCKED, 'the rule finds what it should')
  t.match('top-banner', BLOCKED)
  t.notMatch('/kham-pha/van-mieu', BLOCKED)
  const pages = createPages()
  for (const [name, page] of samplePages(pages, 'vi')) {
    const html = pages.render(page)
    const values = [...html.matchAll(/\b(?:class|id|href|src|action|name)="([^"]*)"/g)].map(
      ([, value]) => value!,
    )
    t.ok(values.length > 10, `${name} has attributes`)
    t.same(
      values.filter((value) => BLOCKED.test(value)),
      [],
      name,
    )
  }
  const stage = await startStage(t)
  t.notMatch(stage.app.printRoutes(), BLOCKED)
  const assets = new URL('../../portal/assets/', import.meta.url)
  for (const file of readdirSync(assets, { recursive: true })) t.notMatch(String(file), BLOCKED)
})

test('whoever types our address in a browser that keeps cookies is known again', async (t) => {
  const stage = await startStage(t)
  t.equal((await stage.get('/')).headers.location, 'http://portal.test:8080/help')
  const arrival = await stage.get(chilliArrival())
  const cookie = String(arrival.headers['set-cookie']).split(';')[0]!
  const root = await stage.get('/', { cookie })
  t.equal(root.headers.location, 'http://portal.test:8080/status')
  const status = await stage.get('/status', { cookie })
  t.match(status.headers.location, new RegExp(`^/splash\\?v=${visitIn(arrival.body)}`))
  t.equal((await stage.get('/generate_204', { cookie })).headers.location, 'http://portal.test:8080/help')
})
