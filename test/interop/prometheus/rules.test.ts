import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ROOT } from '../../support/platform.ts'
import { noPrometheus, readRuleFiles, rulesOf } from './programs.ts'

const TESTS = join(ROOT, 'analytics/prometheus/tests')

t.test('the rules pass their unit tests in promtool', { skip: noPrometheus }, async (t) => {
  for (const file of readdirSync(TESTS)) {
    const done = spawnSync('promtool', ['test', 'rules', join(TESTS, file)], { encoding: 'utf8' })
    t.equal(done.status, 0, `${file}: ${done.stdout}${done.stderr}`)
  }
})

t.test(
  'every rule has a unit test, and every alert says what it is about',
  { skip: noPrometheus },
  async (t) => {
    const tests = readdirSync(TESTS)
      .map((file) => readFileSync(join(TESTS, file), 'utf8'))
      .join('\n')
    for (const { alert, record, labels, annotations } of rulesOf(readRuleFiles())) {
      if (record !== undefined) t.ok(tests.includes(record), `${record} is tested`)
      if (alert === undefined) continue
      const its = tests.split(`alertname: ${alert}`).slice(1)
      t.ok(
        its.some((text) => /^\n *eval_time: \S+\n *exp_alerts:\n *- /.test(text)),
        `${alert} fires in a test`,
      )
      t.ok(
        its.some((text) => /^, eval_time: \S+, exp_alerts: \[\]/.test(text)),
        `${alert} is silent in a test`,
      )
      t.match(labels?.['severity'], /^(critical|warning)$/, `${alert} has a severity`)
      t.same(Object.keys(annotations ?? {}), ['summary', 'summary_vi'], `${alert} speaks both languages`)
    }
  },
)

t.test(
  'docs/operations.md explains each alert that there is, and no other',
  { skip: noPrometheus },
  async (t) => {
    const text = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8')
    const section = /\n## Alerts\n([\s\S]*?)\n## /.exec(text)?.[1] ?? ''
    const explained = [...section.matchAll(/^\| `([A-Z]\w+)` \|/gm)].map(([, name]) => name)
    const alerts = rulesOf(readRuleFiles()).flatMap(({ alert }) => alert ?? [])
    t.same(explained.sort(), alerts.sort())
  },
)

t.test('Alertmanager takes its file', { skip: noPrometheus }, async (t) => {
  const words = ['check-config', join(ROOT, 'config/alertmanager.yml')]
  const done = spawnSync('amtool', words, { encoding: 'utf8' })
  t.equal(done.status, 0, done.stdout + done.stderr)
  const text = readFileSync(join(ROOT, 'config/alertmanager.yml'), 'utf8')
  const alerts = new Set(rulesOf(readRuleFiles()).map(({ alert }) => alert))
  const named = text.match(/\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b/g) ?? []
  t.ok(named.length > 5)
  for (const name of named) t.ok(alerts.has(name), `${name} is an alert`)
})
