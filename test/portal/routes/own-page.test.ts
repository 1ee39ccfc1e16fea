import { test } from 'tap'
import { withOwnPage } from '../../../core/domain/own-page.ts'
import type { Site } from '../../../core/domain/site.ts'
import { publishSite } from '../../../core/store/tables.ts'
import { fillSlots, NOTHING_MET } from '../../../portal/near.ts'
import { createPreview } from '../../../portal/preview.ts'
import { testKeys, until } from '../../support/stores.ts'
import { chilliArrival, startStage } from '../stage.ts'

const greeting = { vi: 'Lời chào <mới>.', en: 'New words.', ko: '새 인사' }

test('what a site says of itself comes onto the splash, in the visitor’s language', async (t) => {
  const stage = await startStage(t)
  const before = stage.parts.tables.current.sites.get('ho-hoan-kiem')!
  t.notMatch((await stage.get(chilliArrival())).body, 'Lời chào')
  await publishSite(stage.store, withOwnPage(before, { greeting, hours: 'recorded', near: null }))
  const splash = async (lang: string): Promise<string> =>
    (await stage.get(chilliArrival(), { 'accept-language': lang })).body
  await until(async () => (await splash('vi')).includes('Lời chào &lt;mới&gt;.'), 'the greeting')
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
  await until(async () => (await section()).join() === 'd', 'the place that was named')
  t.same(await section(), ['d'])
})

test('a page that began before its site changed leaves nothing behind for those after it', async (t) => {
  const { parts } = await startStage(t)
  const { current } = parts.tables
  const before = current.sites.get('ho-hoan-kiem')!
  const after = withOwnPage(before, { greeting, hours: 'recorded', near: ['other'] })
  const tables = { ...current, sites: new Map([...current.sites, [before.id, after]]) }
  const near = (site: Site): string[] =>
    fillSlots(parts, { tables, site, place: null, lang: 'vi', except: null, met: NOTHING_MET }).near.map(
      ({ key }) => key,
    )
  t.same(near(before), ['place other'])
  t.same(near(after), ['place other'])
})
