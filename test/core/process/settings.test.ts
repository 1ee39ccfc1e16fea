import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'tap'
import { readSettings } from '../../../core/process/settings.ts'

test('with an empty environment everything stays on loopback', (t) => {
  const settings = readSettings({}, '/srv/hotspot')
  t.match(settings, {
    configFile: '/srv/hotspot/config/hanoi.json',
    dataFolder: '/srv/hotspot/var',
    hosts: ['127.0.0.1'],
    loopbackOnly: true,
    consoleHost: '127.0.0.1',
    metricsHost: '127.0.0.1',
    portalPort: 8080,
    consolePort: 8081,
    metricsPort: 9464,
    radiusAuthPort: 1812,
    radiusAcctPort: 1813,
    radiusRejectMs: 1000,
    portalTls: null,
    key: null,
  })
  t.ok(settings.radiusWorkers >= 1)
  t.end()
})

test('one address beyond loopback is beyond loopback', (t) => {
  t.notOk(readSettings({ HOTSPOT_HOST: '127.0.0.1, 10.0.0.1' }).loopbackOnly)
  t.notOk(readSettings({ HOTSPOT_HOST: '0.0.0.0' }).loopbackOnly)
  t.notOk(readSettings({ HOTSPOT_HOST: '::' }).loopbackOnly)
  t.ok(readSettings({ HOTSPOT_HOST: '127.0.0.1,::1,localhost' }).loopbackOnly)
  t.end()
})

test('each fault names the variable, what it held and what it takes', (t) => {
  t.throws(() => readSettings({ PORTAL_PORT: '80a' }), /PORTAL_PORT is "80a": it takes a port number/)
  t.throws(() => readSettings({ METRICS_PORT: '70000' }), /METRICS_PORT/)
  t.throws(() => readSettings({ RADIUS_WORKERS: '0' }), /RADIUS_WORKERS is "0"/)
  t.equal(readSettings({ RADIUS_REJECT_SECONDS: '10' }).radiusRejectMs, 10_000)
  for (const given of ['0', '0.5', '11', 'none'])
    t.throws(
      () => readSettings({ RADIUS_REJECT_SECONDS: given }),
      `RADIUS_REJECT_SECONDS is "${given}": it takes a number from 1 to 10.`,
    )
  t.throws(
    () => readSettings({ PORTAL_URL: 'portal.example' }),
    /PORTAL_URL is "portal.example": it takes an http or https address/,
  )
  t.throws(() => readSettings({ LOG_LEVEL: 'loud' }), /LOG_LEVEL is "loud"/)
  t.throws(() => readSettings({ PORTAL_TLS_CERT: 'a.pem' }), /PORTAL_TLS_CERT and PORTAL_TLS_KEY go together/)
  t.end()
})

test('a secret may come from a file, and a missing file is named', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'settings-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'key')
  writeFileSync(file, 'c2VjcmV0\n')
  t.equal(readSettings({ HOTSPOT_KEY_FILE: file }).key, 'c2VjcmV0')
  t.equal(readSettings({ REDIS_URL_FILE: file }).redisUrl, 'c2VjcmV0')
  t.throws(
    () => readSettings({ HOTSPOT_KEY_FILE: '/nowhere/key' }),
    /HOTSPOT_KEY_FILE names \/nowhere\/key, which cannot be read/,
  )
  t.end()
})

test('a clock that stands is refused wherever anybody else could be told the wrong time', (t) => {
  const clock = '2199-02-01T00:00:00+07:00'
  t.equal(readSettings({}).clock, null)
  t.equal(readSettings({ HOTSPOT_CLOCK: clock }).clock, Date.parse(clock))
  for (const name of ['HOTSPOT_HOST', 'CONSOLE_HOST', 'METRICS_HOST'])
    t.throws(() => readSettings({ HOTSPOT_CLOCK: clock, [name]: '0.0.0.0' }), /is for loopback alone/, name)
  for (const [name, url] of [
    ['REDIS_URL', 'redis://127.0.0.1'],
    ['DATABASE_URL', 'postgres://127.0.0.1/city'],
  ] as const)
    t.throws(() => readSettings({ HOTSPOT_CLOCK: clock, [name]: url }), /is for private stores alone/, name)
  t.throws(() => readSettings({ HOTSPOT_CLOCK: 'noon' }), /HOTSPOT_CLOCK is "noon": it takes a time such as/)
  t.throws(() => readSettings({ HOTSPOT_CLOCK: '2026-01-01T00:00:00+07:00' }), /it takes a time to come/)
  t.end()
})
