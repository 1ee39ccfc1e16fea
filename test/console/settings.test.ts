import t from 'tap'
import { site } from './sample-city.ts'
import { startStage } from './stage.ts'

const stage = await startStage()
t.teardown(() => stage.stop())

t.test(
  'what holds is told: limits by kind of site, retention, ports; no secret and no address of a store',
  async (t) => {
    await stage.clear()
    const limits = { sessionSeconds: 3600, dailyOctets: 1e9 }
    const craft = { category: 'craft-village' } as const
    const sites = [site('a', { limits }), site('b', { limits }), site('c'), site('d', craft)]
    await stage.publish(sites, [])
    const staff = await stage.enter('auditor')
    const { body } = await staff.get('/settings')
    t.match(body, /60 phút mỗi lượt; 1,00? GB mỗi ngày/)
    t.match(body, 'Không giới hạn')
    t.match(body, '367 ngày')
    t.match(body, '1812, 1813')
    t.match(body, 'config/hanoi.json')
    const told = (await staff.get('/api/v1/settings')).json<{ rules: { sites: number }[] }>()
    t.same(
      told.rules.map((rule) => rule.sites),
      [2, 1, 1],
    )
    t.match(told, { rules: [{ limits }], retention: { events: 90, codeUsage: 90 }, ports: { console: 8081 } })
    for (const text of [body, JSON.stringify(told)])
      for (const secret of [stage.redisUrl, stage.databaseUrl, 'redis://', 'postgres'])
        t.notOk(text.includes(secret), secret)
  },
)
