import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { AttributeType, Code } from '../../../radius-server/packet/attributes.ts'
import { NAS, SITE } from './city.ts'
import { noCompose, PARTS } from './compose-file.ts'
import { Gateway } from './gateway.ts'
import { noLab } from './lab.ts'
import { Project, until } from './project.ts'

/** The four parts live apart from one another, each in just the environment that docker-compose.yml gives it. */

t.setTimeout(5 * 60e3)

t.test('the parts run apart, each in a container of its own', { skip: noCompose || noLab }, async (t) => {
  const project = await Project.open()
  t.teardown(async () => {
    if (!t.passing())
      for (const [name, text] of project.outputs())
        process.stderr.write(`--- ${name}\n${text.slice(-2000)}\n`)
    await project.close()
  })
  await project.startStores()
  const visitor = await project.peer('visitor')
  const desk = await project.peer('desk')
  const prometheus = await project.peer('prometheus')
  const stranger = await project.peer('stranger')
  const gateway = new Gateway(await project.peer('gateway'), {
    server: project.addressIn('radius-server', 'front'),
    secret: project.secret,
    identifier: NAS,
  })
  const metrics = (part: string) => prometheus.get(`http://${part}:9464/metrics`)
  const figure = async (part: string, name: string): Promise<number> =>
    sample((await metrics(part)).body, name)
  const portal = project.addressIn('portal', 'front')

  await t.test('four that start at the same moment, with empty stores, become ready', async (t) => {
    await Promise.all(PARTS.map((part) => project.start(part)))
    await allReady()
    for (const part of PARTS) t.equal(await project.health(part), 0, `${part}: its health check says so`)
    for (const part of PARTS) t.match((await metrics(part)).body, /^process_cpu_seconds_total /m, part)
  })

  await t.test('the portal serves its pages, over HTTP and HTTPS', async (t) => {
    const help = await visitor.get(`http://${portal}:8080/help`)
    t.equal(help.status, 200)
    t.match(help.body, /wifi\.hanoi\.example/, 'with the address that PORTAL_URL gives it')
    const probe = await visitor.get(`http://${portal}:8080/generate_204`)
    t.same([probe.status, probe.headers['location']], [302, 'http://wifi.hanoi.example/help'])
    const secure = async () =>
      (await visitor.get(`https://${portal}:8443/help`, { ca: project.certificate })).status
    t.equal(await secure(), 200)
    project.renewCertificate()
    await until('the new certificate is served', async () => (await secure()) === 200)
  })

  await t.test('the console asks staff to sign in, with the password that its volume holds', async (t) => {
    const address = `http://${project.addressIn('console', 'staff')}:8081`
    const first = await desk.get(`${address}/`)
    t.same([first.status, first.headers['location']], [303, '/sign-in'])
    t.match((await desk.get(`${address}/sign-in`)).body, /<input[^>]*type="password"/)
    const file = join(project.volume('console'), 'first-staff-password')
    t.match(readFileSync(file, 'utf8'), /^city \S{20}\n$/)
    t.equal(statSync(file).mode & 0o777, 0o600)
  })

  const codes = await project.makeCodes(30)
  const visitors = codes.map((code, i) => ({
    code,
    mac: `02-00-5E-00-54-${(i + 16).toString(16)}`,
    session: `session-${i}`,
  }))
  const started = `hotspot_sessions_started_total{site="${SITE}"}`
  const open = `hotspot_sessions_open{site="${SITE}"}`
  const fromVisitor = `hotspot_session_octets_total{site="${SITE}",direction="from_visitor"}`
  const toVisitor = `hotspot_session_octets_total{site="${SITE}",direction="to_visitor"}`

  await t.test('a code made on the command line opens the network at a gateway of the city', async (t) => {
    const answer = await gateway.access(visitors[0]!)
    if (typeof answer === 'string') return t.fail(answer)
    t.equal(answer.code, Code.AccessAccept)
    t.equal(answer.integer(AttributeType.SessionTimeout), 7200)
    const classValue = Buffer.from(answer.first(AttributeType.Class)!)
    await gateway.accounting('Start', visitors[0]!, { classValue })
    await until('analytics counts it', async () => (await figure('analytics', open)) === 1)
    const used = { classValue, seconds: 60, fromVisitor: 1000, toVisitor: 20_000 }
    const stop = await gateway.accounting('Stop', visitors[0]!, used)
    t.equal(typeof stop === 'string' ? stop : stop.code, Code.AccountingResponse)
    await until('analytics sees its end', async () => (await figure('analytics', open)) === 0)
    t.same(await figures(), { started: 1, from: 1000, to: 20_000 })
  })

  await t.test('who is no gateway of the city gets no answer', async (t) => {
    const { server, secret } = { server: project.addressIn('radius-server', 'front'), secret: project.secret }
    const other = new Gateway(stranger, { server, secret, identifier: NAS })
    t.equal(await other.access(visitors[1]!, 2), 'no answer')
    t.ok((await figure('radius-server', 'hotspot_radius_dropped_total{reason="unknown-client"}')) >= 1)
  })

  await t.test(
    'analytics killed at work and started again loses nothing and counts nothing twice',
    async (t) => {
      const rest = visitors.slice(1)
      const classes = new Map<string, Buffer>()
      for (const [i, each] of rest.entries()) {
        if (i === 10) await project.kill('analytics')
        const answer = await gateway.access(each)
        if (typeof answer === 'string') return t.fail(answer)
        classes.set(each.session, Buffer.from(answer.first(AttributeType.Class)!))
        await gateway.accounting('Start', each, { classValue: classes.get(each.session)! })
      }
      t.match((await metrics('analytics')).error, /ECONNREFUSED/, 'analytics is away')
      for (const each of rest)
        await gateway.accounting('Stop', each, {
          classValue: classes.get(each.session)!,
          seconds: 30,
          fromVisitor: 111,
          toVisitor: 2222,
        })
      await project.start('analytics')
      await until('it has caught up', async () => {
        const now = await figures()
        return now.started >= visitors.length && (await figure('analytics', open)) === 0
      })
      t.same(await figures(), {
        started: visitors.length,
        from: 1000 + rest.length * 111,
        to: 20_000 + rest.length * 2222,
      })
      t.equal(await figure('analytics', 'hotspot_events_rejected_total'), 0)
    },
  )

  await t.test('with Redis away the health checks fail; it comes back with what it had', async (t) => {
    // appendfsync everysec: what is older than that is on the disk.
    await sleep(1500)
    await project.kill('redis')
    for (const part of PARTS) await until(`${part} says so`, async () => !(await isReady(part)))
    t.equal(await project.health('radius-server'), 1)
    await project.start('redis')
    await allReady()
    t.equal(await project.health('radius-server'), 0)
    const answer = await gateway.access({ ...visitors[1]!, session: 'after' })
    t.equal(typeof answer === 'string' ? answer : answer.code, Code.AccessAccept, 'codes are still known')
    t.equal((await figures()).started, visitors.length)
  })

  await t.test('all stop in time, and start at the same moment with another city file', async (t) => {
    for (const part of PARTS) {
      const began = Date.now()
      t.equal(await project.kill(part, 'SIGTERM'), 'exit code 0', part)
      t.ok(Date.now() - began < 5000, `${part} took ${Date.now() - began} ms`)
    }
    project.writeCity({ id: 'gateway-2', address: project.addressIn('stranger', 'front') })
    await Promise.all(PARTS.map((part) => project.start(part)))
    await allReady()
    const second = new Gateway(stranger, {
      server: project.addressIn('radius-server', 'front'),
      secret: project.secret,
      identifier: 'gateway-2',
    })
    const answer = await second.access({ ...visitors[0]!, session: 'again' })
    t.equal(typeof answer === 'string' ? answer : answer.code, Code.AccessAccept, 'the new gateway is known')
    t.equal((await figures()).started, visitors.length, 'and the figures are those of before')
  })

  async function isReady(part: string): Promise<boolean> {
    return (await prometheus.get(`http://${part}:9464/health/ready`)).status === 200
  }

  async function allReady(): Promise<void> {
    for (const part of PARTS)
      await until(`${part} is ready`, () => {
        if (project.hasEnded(part)) throw new Error(`${part} ended`)
        return isReady(part)
      })
  }

  async function figures(): Promise<{ started: number; from: number; to: number }> {
    const { body } = await metrics('analytics')
    return { started: sample(body, started), from: sample(body, fromVisitor), to: sample(body, toVisitor) }
  }
})

/** A sample of the text format; NaN when it is not there. */
function sample(metrics: string | undefined, name: string): number {
  const line = (metrics ?? '').split('\n').find((each) => each.startsWith(`${name} `))
  return line === undefined ? NaN : Number(line.slice(name.length + 1))
}
