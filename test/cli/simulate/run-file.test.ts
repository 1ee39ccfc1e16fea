import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { findPlatform, parseAddress } from '../../../cli/simulate/run-file.ts'

t.test('an address comes in every spelling', async (t) => {
  const wanted = { host: '127.0.0.1', port: 8080 }
  for (const spelling of [
    8080,
    '8080',
    ':8080',
    '127.0.0.1:8080',
    'localhost:8080',
    '0.0.0.0:8080',
    'http://127.0.0.1:8080',
    'http://127.0.0.1:8080/',
    'udp://127.0.0.1:8080',
    ['127.0.0.1:8080', '10.0.0.1:8080'],
  ])
    t.same(parseAddress(spelling), wanted, String(spelling))
  t.same(parseAddress('http://127.9.0.1'), { host: '127.9.0.1', port: 80 })
  for (const nothing of [null, undefined, 0, -1, 70_000, 1.5, '', 'no port', '127.0.0.1', {}, []])
    t.equal(parseAddress(nothing), null, JSON.stringify(nothing))
})

t.test('a platform is found by its run file', async (t) => {
  const folder = t.testdir({
    'run.json': JSON.stringify({
      portal: 'http://127.0.0.1:8080',
      radiusAuth: 1812,
      radiusAcct: '127.0.0.1:1813',
    }),
  })
  t.same(findPlatform(folder, null), {
    portal: { host: '127.0.0.1', port: 8080 },
    portalUrl: 'http://127.0.0.1:8080',
    radiusAuth: { host: '127.0.0.1', port: 1812 },
    radiusAcct: { host: '127.0.0.1', port: 1813 },
  })
  t.equal(findPlatform(folder, 'https://wifi.example/').portalUrl, 'https://wifi.example')
})

t.test('what is no running platform is said so, with what to do', async (t) => {
  const folder = t.testdir({})
  const fails = (text: string): void => {
    writeFileSync(join(folder, 'run.json'), text)
    t.throws(() => findPlatform(folder, null), { code: 'no-platform', message: /hotspot run/ }, text)
  }
  t.throws(() => findPlatform(folder, null), { code: 'no-platform', message: /cannot be read/ })
  fails('{')
  fails('null')
  fails('{"portal":8080,"radiusAuth":1812}')
  // No process has a number this large (Linux: at most 2²²).
  fails(JSON.stringify({ portal: 8080, radiusAuth: 1812, radiusAcct: 1813, pid: 2 ** 22 + 1 }))
})
