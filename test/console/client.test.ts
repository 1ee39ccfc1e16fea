import t from 'tap'
import { Validator } from '@seriousme/openapi-schema-validator'
import { entranceOf, stateOf } from '../../core/domain/session-story.ts'
import { saveSite } from '../../core/records/city.ts'
import { inTransaction } from '../../core/records/database.ts'
import { keepFacts } from '../../core/records/session-events.ts'
import { logSessions } from '../../core/records/session-log.ts'
import { openIncident } from '../../core/records/incidents.ts'
import { createToken, SCOPES } from '../../core/records/tokens.ts'
import { sessionOf } from '../analytics/support/visits.ts'
import { ApiClient, type ApiDocument } from './client.ts'
import { routesOf } from './routes.ts'
import { recordDays, site } from './sample-city.ts'
import { startStage } from './stage.ts'

/** The API as a program meets it: by a client that is made of its document, over HTTP. */

const stage = await startStage({ trustedProxies: ['127.0.0.1'] })
t.teardown(() => stage.stop())
const { records } = stage
await stage.clear()
const sites = [site('lake'), site('temple', { lat: 21.05 })]
for (const each of sites) await saveSite(records, each)
await stage.publish(sites, [])
await recordDays(records, stage.now, [{ site: 'lake', visitors: 40, daysAgo: 1 }])

const origin = await stage.app.listen({ host: '127.0.0.1', port: 0 })
await stage.enter('city')
await records.query(
  "INSERT INTO people (id, name, role, sites, password_hash, totp_sealed) VALUES ('p2', 'mai', 'city', '{}', 'none', 'none')",
)
const tokenOf = async (person: string, scopes = [...SCOPES]): Promise<string> =>
  (await createToken(records, person, { name: 'test', scopes, expiresAt: stage.now + 86_400_000 }, stage.now))
    .token
const token = await tokenOf('p1')
await tokenOf('p1')
const second = { Authorization: `Bearer ${await tokenOf('p2')}` }

const document = (await (
  await fetch(`${origin}/api/v1/openapi.json`, { headers: { authorization: `Bearer ${token}` } })
).json()) as ApiDocument
/** A second passes with each call, from another address: what one may ask in a minute has its own tests. */
let calls = 0
const client = new ApiClient(document, origin, () => {
  stage.now += 1000
  return { Authorization: `Bearer ${token}`, 'X-Forwarded-For': `10.0.${calls >> 8}.${calls++ & 255}` }
})
const hasToken = (id: string): boolean => client.operations.get(id)!.security.length > 0

t.test('the document is an OpenAPI document', async (t) => {
  const { valid, errors } = await new Validator().validate(structuredClone(document) as never)
  t.ok(valid, JSON.stringify(errors))
  t.equal(
    client.operations.size,
    Object.values(document.paths).flatMap((each) => Object.keys(each)).length,
    'each operation has a name of its own',
  )
})

t.test('every route of the API is in the document, save the document itself', (t) => {
  const described = [...client.operations.values()].map(
    ({ method, path }) => `${method.toUpperCase()} /api/v1${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
  )
  const served = routesOf(stage.app).filter((each) => each.includes(' /api/'))
  t.same([...described, 'GET /api/v1/openapi.json'].sort(), served.sort())
  t.end()
})

t.test('no answer has room for fields that the document does not name', (t) => {
  const openings: string[] = []
  const walk = (schema: unknown, at: string): void => {
    if (typeof schema !== 'object' || schema === null) return
    const { type, properties, additionalProperties } = schema as Record<string, unknown>
    if (type === 'object' && properties && additionalProperties !== false) openings.push(at)
    for (const [key, each] of Object.entries(schema)) walk(each, `${at}/${key}`)
  }
  for (const [id, { responses }] of client.operations) walk(responses, id)
  walk(document.components, 'components')
  t.same(openings, [])
  t.end()
})

const TEXT = { vi: 'Tin', en: 'News' }
const ITEM = {
  id: 'moon',
  category: 'event',
  site: 'lake',
  picture: 'lotus',
  name: TEXT,
  line: TEXT,
  text: TEXT,
  audience: {},
  perDay: 6,
  weight: 1,
  holdOut: 0.1,
}

/** Does it, and hands over the id that it told. */
async function done(
  id: string,
  given: Parameters<ApiClient['call']>[1],
  status = 200,
): Promise<Record<string, string>> {
  const answer = await client.call(id, given)
  t.equal(answer.status, status, `${id} ${answer.text.slice(0, 200)}`)
  return answer.body as Record<string, string>
}
const versionOf = async (item: string): Promise<number> =>
  ((await client.call('getCampaignsId', { with: { id: item } })).body as { version: number }).version

t.test('a program does everything that it may, and each answer is as the document has it', async () => {
  // A session of an hour ago.
  const began = stage.now - 3_600_000
  const session = sessionOf({ id: 'session-1', site: 'lake', startedAt: began, heardAt: began })
  await inTransaction(records, async (transaction) => {
    await logSessions(transaction, stage.keys, [session])
    const told = { state: stateOf(session), entrance: entranceOf(session) }
    const fact = { kind: 'change', knownAt: began, at: began, change: 'started', ...told } as const
    await keepFacts(transaction, [{ session: session.id, stream: 0, seq: 0, fact }])
    const finding = { cause: 'site-down', subject: 'lake', site: 'lake', reading: 'bad', detail: {} } as const
    for (const subject of ['lake', 'temple'])
      await openIncident(transaction, { ...finding, subject }, { beganAt: began, at: began, planned: false })
  })
  await done('getSessionsId', { with: { id: 'session-1' } })

  for (const id of ['gw-1', 'gw-2'])
    await done(
      'postNas',
      {
        body: {
          id,
          site: 'lake',
          gateway: 'coova-chilli',
          addresses: [`10.9.0.${id.slice(3)}/32`],
          identifier: id,
        },
      },
      201,
    )
  await done('getNasId', { with: { id: 'gw-1' } })

  const { batch } = await done(
    'postVouchers',
    { body: { site: 'lake', count: 3, seconds: 3600, label: 'quán' } },
    201,
  )
  await done('postVouchers', { body: { site: 'temple', count: 1 } }, 201)
  const codes = (await client.call('getVouchersBatchesIdCodes', { with: { id: batch! } })).body as {
    items: { id: string }[]
  }
  await done('getVouchersBatchesId', { with: { id: batch! } })
  await done('deleteVouchersId', { with: { id: codes.items[0]!.id } })
  await done('deleteVouchersId', { with: { id: codes.items[0]!.id } }, 409)

  const notice = { kind: 'info', title: TEXT, body: TEXT, lifts: [] }
  const drafts = []
  for (const places of [
    { kind: 'all' },
    { kind: 'sites', ids: ['lake'] },
    { kind: 'category', category: 'tourist-site' },
  ])
    drafts.push(
      await done(
        'postNotices',
        { body: { ...notice, places, until: new Date(stage.now + 3_600_000).toISOString() } },
        201,
      ),
    )
  await done('postNoticesIdApprove', { with: { id: drafts[0]!['id']! }, headers: second })
  await done('postNoticesIdEnd', { with: { id: drafts[0]!['id']! } })

  for (const id of ['moon', 'sun', 'rain']) await done('postCampaigns', { body: { ...ITEM, id } }, 201)
  await done('getCampaignsIdPreview', { with: { id: 'moon' } })
  const { id: _, ...words } = ITEM
  await done('postCampaignsId', {
    with: { id: 'moon' },
    body: { ...words, weight: 2, basedOn: await versionOf('moon') },
  })
  await done('postCampaignsIdDiscard', { with: { id: 'rain' }, body: { version: await versionOf('rain') } })
  for (const step of ['Approve', 'Pause', 'Resume', 'End'])
    await done(`postCampaignsId${step}`, {
      with: { id: 'moon' },
      body: { version: await versionOf('moon') },
      headers: second,
    })

  const page = {
    greeting: { vi: 'Chào', en: 'Welcome' },
    hours: [{ days: ['mon'], from: '08:00', to: '17:00' }],
  }
  const versions: Record<string, string> = {}
  for (const id of ['lake', 'temple']) {
    const { version } = await done('postPagesId', { with: { id }, body: { ...page, basedOn: 0 } }, 201)
    await done('postPagesIdSend', { with: { id }, body: { version } })
    versions[id] = version!
  }
  await done('getPagesIdPreview', { with: { id: 'lake', lang: 'en' } })
  await done('postPagesIdApprove', {
    with: { id: 'lake' },
    body: { version: versions['lake'] },
    headers: second,
  })
  await done('postPagesIdReject', {
    with: { id: 'temple' },
    body: { version: versions['temple'], reason: 'Ngắn quá' },
  })

  const incidents = (await client.call('getIncidents')).body as { items: { id: string }[] }
  await done('postIncidentsIdAcknowledge', {
    with: { id: incidents.items[0]!.id },
    body: { note: 'Đã gọi điện' },
  })
  await done('postAnnotations', { body: { day: '2026-03-11', site: 'lake', vi: 'Mưa', en: 'Rain' } }, 201)
  for (const id of ['getVisitors', 'getAnnotations', 'getSettings', 'getTokens']) await done(id, {})
  await done('getVisitors', { with: { site: 'lake', days: 28, beside: 'before' } })

  const person = await done(
    'postPeople',
    { body: { name: 'Bình', role: 'site-manager', sites: ['lake'] } },
    201,
  )
  const binh = { id: person['id']! }
  await done('postPeople', { body: { name: 'Bình', role: 'auditor' } }, 409)
  await done('getPeopleId', { with: binh })
  await done('postPeopleIdRole', { with: binh, body: { role: 'operator', sites: ['temple'] } })
  await done('postPeopleIdPassword', { with: binh })
  await done('postPeopleIdResetFactor', { with: binh })
  await done('postPeopleIdRole', { with: { id: 'p1' }, body: { role: 'auditor' } }, 409)
  await done('getSitesIdPeople', { with: { id: 'temple' } })

  await done('getSitesId', { with: { id: 'lake' } })
  await done('getSitesIdAccessPoints', { with: { id: 'lake' } })
  await done('getReportsMonth', { with: { month: '2026-03', lang: 'en' } })
  await done('getReportsMonth', { with: { month: '2026-02', site: 'lake' } })
  await done('getReportsMonth', { with: { month: '2027-02' } }, 404)

  for (const id of client.operations.keys())
    if (id.startsWith('getFigures')) {
      await done(id, {})
      const asText = await client.call(id, { with: { format: 'csv', site: 'lake' } })
      t.equal(asText.status, 200, `${id} as CSV`)
    }
  const made = await done('postTokens', { body: { name: 'nightly', scopes: ['sites:read'], days: 1 } }, 201)
  await done('deleteTokensId', { with: { id: made['id']! } })
})

t.test('lists tell each thing once, however small their pages', async (t) => {
  for (const [id, { parameters }] of client.operations) {
    if (!parameters.some(({ name }) => name === 'cursor') || parameters.some((each) => each.in === 'path'))
      continue
    // Each look at these is a line of the audit, which is a list itself.
    if (id === 'getAudit') continue
    const whole = (await client.call(id)).body as { items: object[]; next: string | null }
    t.ok(whole.items.length > 1, `${id} has two`)
    t.equal(whole.next, null, id)
    const found: object[] = []
    let next: string | null = null
    do {
      const page = (await client.call(id, { with: { limit: 1, ...(next !== null && { cursor: next }) } }))
        .body as typeof whole
      found.push(...page.items)
      next = page.next
    } while (next !== null && found.length < 50)
    t.same(
      found.map((each) => JSON.stringify(each).slice(0, 60)),
      whole.items.map((each) => JSON.stringify(each).slice(0, 60)),
      id,
    )
  }
  const first = (await client.call('getAudit', { with: { limit: 2, who: 'mai' } })).body as {
    items: { who: string }[]
    next: string
  }
  t.same(
    first.items.map(({ who }) => who),
    ['mai', 'mai'],
  )
  t.ok(first.next)
})

t.test('what is read has a tag, with which it is not sent again', async (t) => {
  for (const [id, { method, responses, parameters }] of client.operations) {
    if (method !== 'get' || !('304' in responses) || parameters.some((each) => each.required)) continue
    // What each look changes is never the same again.
    if (id === 'getAudit') continue
    const { headers } = await client.call(id)
    const again = await client.call(id, { headers: { 'If-None-Match': headers['etag']! } })
    t.equal(again.status, 304, id)
    t.equal(again.text, '', id)
  }
})

/** A value for each thing that a path names, and of which there is none. */
const nothing = (id: string): Record<string, string> =>
  Object.fromEntries(
    client.operations
      .get(id)!
      .parameters.flatMap(({ name, in: where }) =>
        where === 'path' ? [[name, name === 'month' ? '2026-02' : 'none']] : [],
      ),
  )

t.test('whatever is wrong is told as a problem that is in the document', async (t) => {
  const none = { Authorization: 'Bearer hnwifi_none' }
  const few = { Authorization: `Bearer ${await tokenOf('p2', ['tokens:read'])}` }
  for (const [id, { requestBody, parameters }] of client.operations) {
    const given = { with: nothing(id), ...(requestBody && { body: {} }) }
    const odd = await client.call(id, {
      ...given,
      with: { ...given.with, cursor: 'AA', limit: 'x', lang: 'xx', from: 'x', site: '' },
    })
    if (parameters.some((each) => each.in === 'query')) t.equal(odd.status, 400, `${id}: query`)
    if (!hasToken(id)) continue
    t.equal((await client.call(id, { ...given, headers: none })).status, 401, id)
    if (id !== 'getTokens') t.equal((await client.call(id, { ...given, headers: few })).status, 403, id)
    const { status } = await client.call(id, given)
    if (requestBody) t.equal(status, 400, `${id}: an empty body`)
    else if ('id' in given.with) t.equal(status, 404, `${id}: an id of nothing`)
  }
})

t.test('what is no call at all is a problem as well', async (t) => {
  const ask = async (path: string, init: RequestInit = {}): Promise<[number, string | null]> => {
    const headers = { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>) }
    const answer = await fetch(`${origin}/api/v1${path}`, { ...init, headers })
    const problem = (await answer.json()) as { status: number }
    t.equal(problem.status, answer.status, path)
    return [answer.status, answer.headers.get('content-type')!.split(';')[0]!]
  }
  const problem = 'application/problem+json'
  const json = { 'content-type': 'application/json' }
  t.same(await ask('/none'), [404, problem])
  t.same(await ask('/sites/%zz'), [400, problem])
  t.same(await ask('/sites', { method: 'PUT' }), [404, problem])
  t.same(await ask(`/sites/${'x'.repeat(300)}`), [400, problem])
  t.same(await ask('/vouchers', { method: 'POST', headers: json, body: '{' }), [400, problem])
  t.same(
    await ask('/vouchers', { method: 'POST', headers: json, body: JSON.stringify('x'.repeat(60_000)) }),
    [413, problem],
  )
  t.same(await ask('/vouchers', { method: 'POST', headers: { 'content-type': 'text/xml' }, body: '<x/>' }), [
    415,
    problem,
  ])
})

t.test('things that were made are taken away, and with that every operation has been asked', async (t) => {
  const noted = (await client.call('getAnnotations')).body as { items: { id: string }[] }
  await done('deleteAnnotationsId', { with: { id: noted.items[0]!.id } })
  const batches = (await client.call('getVouchersBatches')).body as { items: { id: string }[] }
  await done('deleteVouchersBatchesId', { with: { id: batches.items[0]!.id } })
  await done('deleteNasId', { with: { id: 'gw-2' } })
  const people = (await client.call('getPeople')).body as { items: { id: string; name: string }[] }
  await done('deletePeopleId', { with: { id: people.items.find(({ name }) => name === 'Bình')!.id } })
  for (const id of client.operations.keys()) {
    const statuses = [...(client.asked.get(id) ?? [])]
    t.ok(
      statuses.some((status) => status < 300),
      `${id} has been done: ${statuses.join(', ')}`,
    )
  }
})
