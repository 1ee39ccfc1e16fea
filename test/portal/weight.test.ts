import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { parseCity } from '../../core/process/city-file.ts'
import { publishTables } from '../../core/store/tables.ts'
import { testKeys, until } from '../support/stores.ts'
import { chilliArrival, startStage } from './stage.ts'

/** What a splash may weigh on its way to a phone: page with style and scene fit the first flight of TCP. */
const MOST = { pageOctets: 14 * 1024, fontOctets: 24 * 1024, requests: 3 }

t.test('the splash of every site of the city keeps to its weight, in every language', async (t) => {
  const stage = await startStage(t)
  const file = JSON.parse(
    readFileSync(new URL('../../config/hanoi.json', import.meta.url), 'utf8'),
  ) as unknown
  const parsed = parseCity(file, {})
  if ('faults' in parsed) throw new Error(JSON.stringify(parsed.faults))
  const { sites, nas } = parsed.city
  await publishTables(stage.store, testKeys, parsed.city)
  await until(() => stage.parts.tables.current.sites.size === sites.length, 'the city is known')
  const fonts = new Map<string, number>()
  let heaviest = 0
  for (const gateway of nas.filter((each) => each.uamSecret !== null))
    for (const lang of stage.parts.pages.catalogues.languages) {
      const url = chilliArrival({ nasid: gateway.id }, undefined, gateway.uamSecret!.reveal())
      const headers = { 'accept-encoding': 'gzip, deflate', 'accept-language': lang }
      const answer = await stage.get(url, headers)
      const name = `${gateway.site} in ${lang}`
      t.equal(answer.statusCode, 200, name)
      t.equal(answer.headers['content-encoding'], 'gzip', name)
      t.ok(answer.rawPayload.length <= MOST.pageOctets, `${name}: ${answer.rawPayload.length} octets`)
      heaviest = Math.max(heaviest, answer.rawPayload.length)
      const html = gunzipSync(answer.rawPayload).toString()
      t.match(html, '<svg viewBox="0 0 390 248"', `${name}: with its scene`)
      t.notMatch(
        html,
        /<script|<link rel="(?!icon)|@import/,
        `${name}: no script is needed, nor another sheet`,
      )
      const fetched = [...html.matchAll(/(?:\ssrc(?:set)?="|url\()([^)"#][^)"]*)/g)].map(([, from]) => from!)
      t.ok(1 + new Set(fetched).size <= MOST.requests, `${name}: ${fetched.join(' ')}`)
      for (const font of fetched)
        if (!fonts.has(font)) fonts.set(font, (await stage.get(font)).rawPayload.length)
    }
  const weight = [...fonts.values()].reduce((sum, octets) => sum + octets, 0)
  t.equal(fonts.size, 2)
  t.ok(weight > 0 && weight <= MOST.fontOctets, `fonts: ${weight} octets`)
  t.comment(`the heaviest page: ${heaviest} octets; fonts: ${weight}`)
})
