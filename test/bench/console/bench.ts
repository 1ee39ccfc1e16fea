// `npm run bench console [-- --sites=1000 --days=365 --times=15 --json=FILE]`: how long each page of the console, and each
// list of its API, takes over loopback after a year of a thousand sites.
import { writeFileSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { parseArgs } from 'node:util'
import { addDays, dayBegins, monthOf } from '../../../core/domain/day.ts'
import type { Site } from '../../../core/domain/site.ts'
import { saveNas } from '../../../core/records/city.ts'
import { createVouchers } from '../../../core/records/vouchers.ts'
import { routesOf } from '../../console/routes.ts'
import { nas, openSessions } from '../../console/sample-city.ts'
import { startStage, type Stage } from '../../console/stage.ts'
import { fillYear } from '../figures/year.ts'

/** What a person may wait for a page, in half of the cases. */
const MOST_MS = 100
const TO = '2026-11-20'
const SITE = 'site-0007'
const ITEM = 'item-7'

/** Pages and lists that a person waits for: a stream does not end, a PDF and an export of figures are files. */
const isMeasured = (route: string): boolean =>
  route.startsWith('GET ') &&
  !/\/live$|\.pdf$|\/assets\/|\/figures\/|\/(sessions|annotations)\/:id|\/sign-in/.test(route)

let calls = 0

process.exitCode = await main(process.argv.slice(2))

async function main(words: readonly string[]): Promise<number> {
  // Benches that run together share one command line: what is another's is passed over.
  const { values } = parseArgs({
    args: [...words],
    strict: false,
    options: {
      sites: { type: 'string' },
      days: { type: 'string' },
      times: { type: 'string' },
      json: { type: 'string' },
    },
  })
  const [sites, days, times] = [values.sites ?? '1000', values.days ?? '365', values.times ?? '15'].map(
    Number,
  )
  if (![sites, days, times].every((each) => Number.isInteger(each) && each! > 0)) {
    print('--sites, --days and --times take numbers')
    return 2
  }
  // So that each call may come from another address: how often one may ask is not measured.
  const stage = await startStage({ trustedProxies: ['127.0.0.1'] })
  const abandon = (): void => void stage.stop().finally(() => process.exit(130))
  process.once('SIGINT', abandon).once('SIGTERM', abandon)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  try {
    stage.now = dayBegins(TO) + 12 * 3_600_000
    const began = performance.now()
    await fillYear(stage.records, { to: TO, days: days!, sites: sites! })
    const batch = await fillWork(stage)
    print(`filled in ${Math.round((performance.now() - began) / 1000)} s`)
    const cookie = `hotspot-staff=${(await stage.enter('city')).cookies.get('hotspot-staff')}`
    const origin = await stage.app.listen({ host: '127.0.0.1', port: 0 })
    const measured = []
    for (const route of routesOf(stage.app).filter(isMeasured)) {
      const url = `${origin}${addressOf(route.slice(4), batch)}`
      const took: number[] = []
      let status = 0
      for (let i = 0; i <= times!; i++) {
        const before = performance.now()
        status = await ask(url, cookie, agent)
        // The first one warms up.
        if (i > 0) took.push(performance.now() - before)
      }
      took.sort((a, b) => a - b)
      const median = took[Math.floor(times! / 2)]!
      const row = { route, status, median, slowest: took.at(-1)!, met: median <= MOST_MS }
      print(JSON.stringify({ bench: 'console', ...row }))
      measured.push(row)
    }
    const missed = measured.filter(({ met, status }) => !met || status >= 400)
    print(
      `${measured.length} routes; over ${MOST_MS} ms or refused: ${missed.map((each) => each.route).join(', ') || 'none'}`,
    )
    if (typeof values.json === 'string')
      writeFileSync(values.json, JSON.stringify({ sites, days, measured }, null, 2))
    return missed.some(({ status }) => status >= 400) ? 1 : 0
  } finally {
    agent.destroy()
    await stage.stop()
  }
}

/** What the year has no figures of: gateways with visitors on them, an item, codes. The batch of those. */
async function fillWork(stage: Stage): Promise<string> {
  const { records, keys, store, now } = stage
  const { rows } = await records.query<{ record: Site }>('SELECT record FROM sites ORDER BY id')
  const sites = rows.map(({ record }) => record)
  const gateways = sites.map(({ id }) => nas(`gw-${id}`, id))
  for (const gateway of gateways) {
    await saveNas(records, gateway, keys)
    await openSessions(store, gateway.id, 5, now)
  }
  const text = { vi: 'Tin', en: 'News' }
  const item = {
    id: ITEM,
    site: SITE,
    category: 'event',
    picture: 'lotus',
    name: text,
    line: text,
    text,
    audience: {},
  }
  await records.query("INSERT INTO campaigns (id, record, origin) VALUES ($1, $2, 'staff')", [
    ITEM,
    JSON.stringify({ ...item, perDay: 1, weight: 1, holdOut: 0.1 }),
  ])
  const plan = { site: SITE, seconds: 3600, octets: null, devices: 1, expiresAt: null }
  const [code] = await createVouchers(records, keys, { ...plan, count: 1000 })
  await stage.publish(sites, gateways)
  return code!.batch
}

function addressOf(path: string, batch: string): string {
  const ids: readonly (readonly [RegExp, string])[] = [
    [/\/batches\/:id/, `/batches/${batch}`],
    [/:batch/, batch],
    [/:month/, monthOf(addDays(monthOf(TO), -1)).slice(0, 7)],
    [/\/nas\/:id/, `/nas/gw-${SITE}`],
    [/\/people\/:id/, '/people/p1'],
    [/\/(promotion|campaigns)\/:id/, `/$1/${ITEM}`],
    [/:id/, SITE],
  ]
  return ids.reduce((filled, [pattern, id]) => filled.replace(pattern, id), path)
}

/** The status, once all of the answer is there. */
function ask(url: string, cookie: string, agent: Agent): Promise<number> {
  const headers = { cookie, 'x-forwarded-for': `10.0.${(calls >> 8) & 255}.${calls++ & 255}` }
  return new Promise((resolve, reject) => {
    get(url, { headers, agent }, (answer) => {
      answer.once('end', () => resolve(answer.statusCode ?? 0)).resume()
    }).once('error', reject)
  })
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
