import t from 'tap'
import { progressLine } from '../../../cli/simulate/progress.ts'
import { reportJson, reportText } from '../../../cli/simulate/report.ts'
import type { SimulationReport } from '../../../cli/simulate.ts'

const NONE = { count: 0, p50: null, p95: null }
const report: SimulationReport = {
  seed: 7,
  visitors: 1200,
  minutes: 60,
  speed: 60,
  startedAt: 0,
  realSeconds: 60.1,
  interrupted: false,
  arrivals: 1210,
  splashViews: 1210,
  taps: 1100,
  codes: 4,
  gaveUp: 110,
  accepts: 1099,
  rejects: 1,
  sessionsStarted: 1099,
  sessionsEnded: 1099,
  interims: 4000,
  fromVisitorOctets: (1n << 53n) + 1n,
  toVisitorOctets: 1_234_567n,
  uniqueDevices: 1090,
  sites: [
    {
      site: 'hoa-lo',
      name: 'Hỏa Lò',
      nas: 'lab-hoa-lo',
      gateway: 'opennds',
      sessions: 1099,
      fromVisitorOctets: 1n,
      toVisitorOctets: 1_234_567n,
      uniqueDevices: 1090,
    },
  ],
  languages: { vi: 1000, en: 210 },
  devices: {},
  rejections: { 'Hết lượt': 1 },
  causes: { 'Lost-Carrier': 1099 },
  failures: [{ reason: 'splash: 503 / "Lỗi"', count: 2, site: 'hoa-lo' }],
  splashMilliseconds: { count: 1210, p50: 5, p95: 20 },
  splashOctets: NONE,
  radiusMilliseconds: NONE,
  retransmissions: 0,
  duplicates: 3,
  reordered: 2,
  disconnects: { ack: 1, nak: 0 },
}

t.test('the report as text says every figure', async (t) => {
  const text = reportText(report)
  for (const part of [
    '1,200 visitors, 60 minutes at speed 60 took 60.1 s, seed 7',
    /arrivals +1,210\n/,
    /taps +1,100, 4 with a code/,
    /accepts, rejects +1,099, 1 \(Hết lượt 1\)/,
    /octets from visitors +9,007,199,254,740,993\n/,
    /languages +vi 1,000, en 210/,
    /devices +none/,
    /hoa-lo +opennds +1,099 +1,090 +1 +1,234,567/,
    /2 +splash: 503 \/ "Lỗi" \(first at hoa-lo\)/,
  ])
    t.match(text, part)
  t.match(reportText({ ...report, failures: [], interrupted: true }), /^Interrupted.*no failures$/s)
})

t.test('octets past 2⁵³ are exact in JSON, as text', async (t) => {
  t.match(JSON.parse(reportJson(report)), {
    fromVisitorOctets: '9007199254740993',
    toVisitorOctets: 1_234_567,
    sites: [{ toVisitorOctets: 1_234_567 }],
  })
})

t.test('the bar is as full as the time is over', async (t) => {
  const line = progressLine({
    simulatedMinutes: 30,
    minutes: 60,
    arrivals: 5,
    visitors: 9,
    online: 2,
    failures: 1,
  })
  t.match(line, '█'.repeat(12) + '░'.repeat(12))
  t.match(line, 'minute 30 of 60 · 5 arrivals of 9 visitors · 2 online · 1 failures')
})
