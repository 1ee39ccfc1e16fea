import { test } from 'tap'
import { withOwnPage } from '../../../core/domain/own-page.ts'
import { publishSite } from '../../../core/store/tables.ts'
import { createPreview } from '../../../portal/preview.ts'
import { testKeys } from '../../support/stores.ts'
import { chilliArrival, startStage } from '../stage.ts'

const greeting = { vi: 'Lời chào <mới>.', en: 'New words.', ko: '새 인사' }

test('what a site says of itself is on the splash within five seconds, in the visitor’s language', async (t) => {
  const stage = await startStage(t)
  const before = stage.parts.tables.current.sites.get('ho-hoan-kiem')!
  t.notMatch((await stage.get(chilliArrival())).body, 'Lời chào')
  const began = Date.now()
  await publishSite(stage.store, withOwnPage(before, { greeting, hours: 'recorded', near: null }))
  const splash = async (lang: string): Promise<string> =>
    (await stage.get(chilliArrival(), { 'accept-language': lang })).body
  while (!(await splash('vi')).includes('Lời chào &lt;mới&gt;.')) {
    if (Date.now() - began > 5000) break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  t.match(await splash('vi'), 'Lời chào &lt;mới&gt;.')
  t.ok(Date.now() - began < 5000)
  t.match(await splash('ko'), '새 인사')
  t.match(await splash('ru'), '<span lang="en">New words.</span>')
})

test('a site that names what may stand near it shows nothing else, on the splash as in its preview', async (t) => {
  const stage = await startStage(t)
  const { sites, campaigns } = stage.parts.tables.current
  const here = sites.get('ho-hoan-kiem')!
  const others = ['a', 'b', 'c', 'd'].map((id, i) => ({ ...here, id, lat: here.lat + (i + 1) / 100 }))
  const around = new Map([...sites, ...others.map((each) => [each.id, each] as const)])
  const preview = createPreview()
  const near = (chosen: readonly string[] | null): string[] => {
    const site = withOwnPage(here, { greeting, hours: 'recorded', near: chosen })
    const asked = {
      site,
      lang: 'vi',
      sites: around,
      campaigns,
      key: testKeys.campaign,
      now: stage.now,
    } as const
    const { html } = preview({ ...asked, urlFor: (lang) => `?in=${lang}` })
    t.match(html, 'Lời chào &lt;mới&gt;.')
    t.notMatch(html, /action="[^#]/, 'and leads nowhere')
    return [...html.matchAll(/cách\s([\d,]+)/g)].map(([, km]) => km!)
  }
  t.equal(near(null).length, 3)
  t.same(near(['d']), ['4,4'])
  for (const each of [withOwnPage(here, { greeting, hours: 'recorded', near: ['d'] }), ...others])
    await publishSite(stage.store, each)
  const section = async (): Promise<string[]> => {
    const { body } = await stage.get(chilliArrival({}), { 'accept-language': 'vi' })
    return [...body.matchAll(/href="\/kham-pha\/(\w+)\?/g)].map(([, id]) => id!)
  }
  for (let i = 0; i < 60 && (await section()).join() !== 'd'; i++)
    await new Promise((resolve) => setTimeout(resolve, 50))
  t.same(await section(), ['d'])
})
