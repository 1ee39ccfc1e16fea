import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import {
  CLONE,
  networksOf,
  noCompose,
  PARTS,
  readCompose,
  readDockerfile,
  readPrometheusFile,
} from './compose-file.ts'

/** docker-compose.yml, Dockerfile and Prometheus's file: what they say. `apart.test.ts` has the four parts live by it. */

/** It comes with Debian's package prometheus. */
const PROMTOOL = 'promtool'

t.test(
  'docker-compose takes the file, without a setting and without a warning',
  { skip: noCompose },
  async (t) => {
    const done = spawnSync('docker-compose', ['config', '-q'], { cwd: CLONE, encoding: 'utf8' })
    t.equal(done.stdout + done.stderr, '')
    t.equal(done.status, 0)
  },
)

t.test('every container has as few rights as it can', { skip: noCompose }, async (t) => {
  for (const [name, service] of Object.entries(readCompose(CLONE).services)) {
    t.match(service.user, /^[1-9]\d*:[1-9]\d*$/, `${name} does not run as root`)
    t.same(service.cap_drop, ['ALL'], `${name} has no capability`)
    t.same(service.security_opt, ['no-new-privileges:true'], `${name} cannot get new ones`)
    t.equal(service.read_only, true, `${name} cannot write to its root folder`)
    t.ok((service.healthcheck?.test.length ?? 0) > 1, `${name} has a health check`)
    t.equal(service.restart, 'unless-stopped', `${name} is started again`)
  }
})

t.test('every secret is a file, given to those that need it', { skip: noCompose }, async (t) => {
  const { services, secrets } = readCompose(CLONE)
  for (const [name, secret] of Object.entries(secrets)) t.match(secret.file, /\/secrets\/[^/]+$/, name)
  for (const [name, service] of Object.entries(services)) {
    const given = (service.secrets ?? []).map(({ source }) => source)
    // Alertmanager's own file names the token.
    const file = name === 'alertmanager' ? readFileSync(join(CLONE, 'config/alertmanager.yml'), 'utf8') : ''
    const wanted = (JSON.stringify(service) + file).match(/(?<=\/run\/secrets\/)[\w.-]+/g) ?? []
    t.same(new Set(wanted), new Set(given), `${name} is given what it names and nothing else`)
    for (const [variable, value] of Object.entries(service.environment ?? {})) {
      if (/^PORTAL_(TLS_)?URL$|^PORTAL_TLS_(CERT|KEY)$/.test(variable)) continue
      t.notMatch(variable, /(KEY|SECRET|PASSWORD|URL)$/, `${name}: ${variable} holds no secret itself`)
      if (variable.endsWith('_FILE')) t.match(value, /^\/run\/secrets\//, `${name}: ${variable}`)
    }
  }
})

t.test('only visitors and gateways are let in from outside', { skip: noCompose }, async (t) => {
  const { services, networks } = readCompose(CLONE, { RADIUS_ADDRESS: '10.20.0.1' })
  const published = Object.fromEntries(
    Object.entries(services).map(([name, { ports }]) => [name, [...(ports ?? [])]]),
  )
  t.same(published, {
    portal: ['0.0.0.0:80:8080/tcp', '0.0.0.0:443:8443/tcp'],
    'radius-server': ['10.20.0.1:1812:1812/udp', '10.20.0.1:1813:1813/udp'],
    analytics: [],
    console: ['127.0.0.1:8081:8081/tcp'],
    redis: [],
    postgres: [],
    prometheus: ['127.0.0.1:9090:9090/tcp'],
    alertmanager: ['127.0.0.1:9093:9093/tcp'],
    grafana: ['127.0.0.1:3000:3000/tcp'],
  })
  for (const [name, service] of Object.entries(services)) {
    const opened = networksOf(service).filter((network) => !networks[network]?.internal)
    if ((service.ports ?? []).length === 0) t.same(opened, [], `${name} has no way out either`)
  }
  t.same(networksOf(services['redis']!), ['stores'])
  t.same(networksOf(services['postgres']!), ['stores'])
})

t.test(
  'each part waits for healthy stores, and Prometheus asks each part',
  { skip: noCompose },
  async (t) => {
    const { services } = readCompose(CLONE)
    const targets = readPrometheusFile().scrape_configs[0]!.static_configs[0]!.targets
    t.same(
      targets,
      PARTS.map((part) => `${part}:${services[part]!.environment!['METRICS_PORT']}`),
    )
    for (const part of PARTS) {
      const healthy = { condition: 'service_healthy' }
      t.same(services[part]!.depends_on, { redis: healthy, postgres: healthy }, part)
      t.same(services[part]!.command, ['run', part])
      const shared = networksOf(services['prometheus']!).filter((n) =>
        networksOf(services[part]!).includes(n),
      )
      t.ok(shared.includes('metrics'), `${part} and Prometheus meet`)
    }
  },
)

t.test(
  'Prometheus takes its file, and has the rules and Alertmanager where that says',
  { skip: noCompose || (!hasPromtool() && 'no promtool (apt-get install prometheus)') },
  async (t) => {
    const words = ['check', 'config', join(CLONE, 'config/prometheus.yml')]
    const done = spawnSync(PROMTOOL, words, { encoding: 'utf8' })
    t.equal(done.status, 0, done.stdout + done.stderr)
    t.match(done.stdout, /[1-9]\d* rule files found/)
    const { services } = readCompose(CLONE)
    const { command = [], volumes = [] } = services['prometheus']!
    const binds = volumes.map((line) => line.split(':'))
    const at = (file: string) => binds.find(([from]) => from === join(CLONE, file))?.[1] ?? 'nowhere'
    t.ok(command.includes(`--config.file=${at('config/prometheus.yml')}`))
    const { alerting, rule_files } = readPrometheusFile()
    for (const path of rule_files)
      t.equal(
        join(dirname(at('config/prometheus.yml')), dirname(path)),
        at(join('config', dirname(path))),
        path,
      )
    t.same(alerting.alertmanagers[0]!.static_configs[0]!.targets, ['alertmanager:9093'])
    t.ok(networksOf(services['alertmanager']!).includes('metrics'), 'where Prometheus is')
  },
)

t.test('the image runs as a user, and no secret gets into it', async (t) => {
  const { user, environment } = readDockerfile()
  t.not(user, 'root')
  t.notMatch(Object.keys(environment).join(), /KEY|SECRET|PASSWORD|URL/)
  const ignored = readFileSync(join(CLONE, '.dockerignore'), 'utf8').split('\n')
  t.ok(ignored.includes('*'), 'what is not named stays outside')
  const allowed = ignored.filter((line) => line.startsWith('!')).map((line) => line.slice(1))
  for (const path of ['secrets', '.env', 'var', 'config', 'node_modules', 'dist'])
    t.notOk(allowed.includes(path), path)
})

function hasPromtool(): boolean {
  return spawnSync(PROMTOOL, ['--version']).status === 0
}
