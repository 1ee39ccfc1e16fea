import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ROOT } from '../../support/platform.ts'
import { CLONE, networksOf, noCompose, parseYaml, readCompose } from '../compose/compose-file.ts'
import { expressionsOf, readDashboards, readRuleFiles, recordsIn, rulesOf } from './programs.ts'

/** The dashboards as files: Debian has no Grafana. `outage.test.ts` asks Prometheus each of their questions. */

const KINDS = ['bargauge', 'stat', 'table', 'timeseries']

t.test('there is a dashboard of the city, of a site and of RADIUS, and each is whole', async (t) => {
  const dashboards = readDashboards()
  t.same(dashboards.map(({ uid }) => uid).sort(), ['hotspot-city', 'hotspot-radius', 'hotspot-site'])
  for (const { uid, panels, editable } of dashboards) {
    t.equal(editable, false, uid)
    t.equal(
      new Set(panels.map(({ id }) => id)).size,
      panels.length,
      `${uid}: every panel has an id of its own`,
    )
    const taken = new Set<string>()
    for (const { title, type, gridPos, datasource, targets } of panels) {
      t.ok(KINDS.includes(type) && title !== '' && targets.length > 0, `${uid}: ${title}`)
      t.same(datasource, { type: 'prometheus', uid: 'prometheus' }, title)
      t.ok(gridPos.x + gridPos.w <= 24, `${uid}: ${title} is within the page`)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          if (taken.has(`${x} ${y}`)) t.fail(`${uid}: ${title} lies on another panel`)
          taken.add(`${x} ${y}`)
        }
    }
  }
})

t.test('every figure that is recorded is for an alert or a dashboard', { skip: noCompose }, async (t) => {
  const rules = rulesOf(readRuleFiles())
  const asked = [...rules.map(({ expr }) => expr), ...readDashboards().flatMap(expressionsOf)]
  const used = new Set(asked.flatMap(recordsIn))
  for (const { record } of rules) if (record !== undefined) t.ok(used.has(record), record)
})

t.test(
  'Grafana finds them where the compose file puts them, and Prometheus',
  { skip: noCompose },
  async (t) => {
    const { volumes = [], environment = {} } = readCompose(CLONE).services['grafana']!
    const at = (file: string) =>
      volumes.find((line) => line.startsWith(`${join(CLONE, file)}:`))?.split(':')[1]
    const read = (file: string) =>
      parseYaml(readFileSync(join(ROOT, 'analytics/grafana/provisioning', file), 'utf8'))
    t.equal(at('analytics/grafana/provisioning'), '/etc/grafana/provisioning', 'its own default')
    t.match(read('dashboards/hotspot.yml'), {
      providers: [{ options: { path: at('analytics/grafana/dashboards') } }],
    })
    t.match(read('datasources/hotspot.yml'), {
      datasources: [{ uid: 'prometheus', type: 'prometheus', url: 'http://prometheus:9090' }],
    })
    t.ok(networksOf(readCompose(CLONE).services['prometheus']!).includes('metrics'))
    t.equal(environment['GF_SECURITY_ADMIN_PASSWORD__FILE'], '/run/secrets/grafana-password')
  },
)
