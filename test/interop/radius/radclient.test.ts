// FreeRADIUS's radclient against the whole platform: a client that is not ours asks, and believes only what it can verify.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import t from 'tap'
import { address, lab, SECRET, SITE, settles } from './lab.ts'

t.setTimeout(10 * 60e3)

if (spawnSync('radclient', ['-v']).error)
  t.plan(0, 'radclient is not installed (apt-get install freeradius-utils)')
else await allTests()

interface Answer {
  readonly sent: string
  /** What radclient received and verified; empty when nothing came that it believes. */
  readonly received: string
}

async function allTests(): Promise<void> {
  const platform = await lab(t, [
    { gateway: 'mikrotik', gatewayUrl: 'http://127.0.0.1:1/login' },
    { gateway: 'coova-chilli', macAuth: true },
    { gateway: 'coova-chilli', messageAuthenticator: 'require' },
  ])
  const DROPPED = 'hotspot_radius_dropped_total'
  const [made] = JSON.parse(
    (
      await platform.hotspot(
        'voucher',
        'create',
        '--site',
        SITE,
        '--count',
        '1',
        '--seconds',
        '1800',
        '--devices',
        '5',
        '--json',
      )
    ).stdout,
  ) as { code: string }[]
  const CODE = made!.code
  const station = (number: number): string => `Calling-Station-Id="02-00-5E-00-53-0${number}"`

  /** One request; patient where an answer is certain, brief where none is. */
  async function radclient(
    kind: 'auth' | 'acct' | 'status',
    request: string,
    {
      nas = 1,
      secret = SECRET,
      answers = true,
      port = kind === 'acct' ? platform.ports.radiusAcct : platform.ports.radiusAuth,
    } = {},
  ): Promise<Answer> {
    const words = ['-x', '-r', answers ? '10' : '1', '-t', answers ? '6' : '2']
    const client = spawn('radclient', [...words, `127.0.0.1:${port}`, kind, secret])
    let output = ''
    for (const stream of [client.stdout, client.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    client.stdin.end(`${request},Packet-Src-IP-Address=${address(nas)}\n`)
    await once(client, 'close')
    const at = output.indexOf('Received ')
    const sent = at < 0 ? output : output.slice(0, at)
    // What it received and could not verify it names and throws away.
    const believed = at >= 0 && !/Reply verification failed|invalid Response Authenticator/.test(output)
    return { sent, received: believed ? output.slice(at) : '' }
  }

  await t.test('PAP: a code is accepted, with limits that radclient names', async (t) => {
    const { received } = await radclient(
      'auth',
      `User-Name="${CODE}",User-Password="${CODE}",${station(1)},Message-Authenticator=0x00`,
    )
    t.match(received, /^Received Access-Accept/)
    t.match(received, /Message-Authenticator = 0x/)
    t.match(received, /Session-Timeout = 1800/)
    t.match(received, /Idle-Timeout = 900/)
    t.match(received, /Acct-Interim-Interval = 300/)
    t.match(received, /Mikrotik-Rate-Limit = "2000k\/5000k"/)
    t.match(received, /Class = 0x/)
  })

  await t.test('CHAP: the same code, and the attributes of another vendor', async (t) => {
    const { received } = await radclient(
      'auth',
      `User-Name="${CODE}",CHAP-Password="${CODE}",${station(2)},Message-Authenticator=0x00`,
      { nas: 2 },
    )
    t.match(received, /^Received Access-Accept/)
    t.match(received, /WISPr-Bandwidth-Max-Down = 5000000/)
    t.match(received, /ChilliSpot-Bandwidth-Max-Up = 2000/)
  })

  await t.test('a wrong password is refused, in a way that radclient believes', async (t) => {
    for (const proof of ['User-Password="wrong"', 'CHAP-Password="wrong"']) {
      const { received } = await radclient(
        'auth',
        `User-Name="${CODE}",${proof},${station(1)},Message-Authenticator=0x00`,
      )
      t.match(received, /^Received Access-Reject/)
      t.match(received, /Reply-Message = "Access refused"/)
    }
  })

  await t.test('a device that was let in comes back by its MAC where its gateway may ask so', async (t) => {
    const { received } = await radclient(
      'auth',
      `User-Name="02-00-5E-00-53-02",User-Password="02-00-5E-00-53-02",${station(2)},Message-Authenticator=0x00`,
      { nas: 2 },
    )
    t.match(received, /^Received Access-Accept/)
    const elsewhere = await radclient(
      'auth',
      `User-Name="02-00-5E-00-53-02",User-Password="02-00-5E-00-53-02",${station(2)},Message-Authenticator=0x00`,
    )
    t.match(elsewhere.received, /^Received Access-Reject/)
  })

  await t.test(
    'Start, Interim-Update and Stop are answered, and are one session in the metrics',
    async (t) => {
      const session = `Acct-Session-Id="8000000b",User-Name="${CODE}",${station(1)},NAS-Identifier="gw-1",Framed-IP-Address=10.9.0.7`
      for (const report of [
        `Acct-Status-Type=Start,${session}`,
        `Acct-Status-Type=Interim-Update,${session},Acct-Session-Time=300,Acct-Input-Octets=1000,Acct-Output-Octets=9000`,
        `Acct-Status-Type=Stop,${session},Acct-Session-Time=360,Acct-Input-Octets=1500,Acct-Output-Octets=9500,Acct-Output-Gigawords=1,Acct-Terminate-Cause=User-Request`,
      ]) {
        const { received } = await radclient('acct', report)
        t.match(received, /^Received Accounting-Response/)
      }
      const octets = 'hotspot_session_octets_total'
      await settles(t, platform, 9500 + 2 ** 32, octets, { site: SITE, direction: 'to_visitor' })
      await settles(t, platform, 1500, octets, { site: SITE, direction: 'from_visitor' })
      await settles(t, platform, 0, 'hotspot_sessions_open', { site: SITE })
      await settles(t, platform, 1, 'hotspot_sessions_started_total', { site: SITE })
      await settles(t, platform, 3, 'hotspot_radius_requests_total', {
        kind: 'accounting',
        result: 'recorded',
      })
    },
  )

  await t.test('Accounting-On is answered', async (t) => {
    const { received } = await radclient('acct', 'Acct-Status-Type=Accounting-On,NAS-Identifier="gw-1"')
    t.match(received, /^Received Accounting-Response/)
  })

  await t.test('Status-Server is answered on both ports', async (t) => {
    const auth = await radclient('status', 'Message-Authenticator=0x00')
    t.match(auth.received, /^Received Access-Accept/)
    t.match(auth.received, /Message-Authenticator = 0x/)
    const acct = await radclient('status', 'Message-Authenticator=0x00', { port: platform.ports.radiusAcct })
    t.match(acct.received, /^Received Accounting-Response/)
  })

  await t.test('with a wrong secret there is no answer, and each drop has its reason', async (t) => {
    const wrong = { secret: 'another secret', answers: false }
    const access = await radclient(
      'auth',
      `User-Name="${CODE}",User-Password="${CODE}",${station(1)},Message-Authenticator=0x00`,
      wrong,
    )
    const accounting = await radclient(
      'acct',
      `Acct-Status-Type=Start,Acct-Session-Id="x",${station(1)}`,
      wrong,
    )
    const status = await radclient('status', 'Message-Authenticator=0x00', wrong)
    t.same(
      [access, accounting, status].map(({ received }) => received),
      ['', '', ''],
    )
    await settles(t, platform, 2, DROPPED, { reason: 'bad-message-authenticator' })
    await settles(t, platform, 1, DROPPED, { reason: 'bad-request-authenticator' })
  })

  await t.test('from an address that is no NAS there is no answer', async (t) => {
    const { received } = await radclient(
      'auth',
      `User-Name="${CODE}",User-Password="${CODE}",${station(1)}`,
      { nas: 9, answers: false },
    )
    t.equal(received, '')
    await settles(t, platform, 1, DROPPED, { reason: 'unknown-client' })
  })

  // CVE-2024-3596. NAS 1 has shown a Message-Authenticator above, NAS 3 has to from the start.
  await t.test(
    'without Message-Authenticator there is no answer once one was seen, or is required',
    async (t) => {
      const plain = `User-Name="${CODE}",User-Password="${CODE}",${station(1)}`
      const first = await radclient('auth', plain, { answers: false })
      if (/Message-Authenticator = 0x/.test(first.sent)) return t.pass('this radclient always sends one')
      const third = await radclient('auth', plain, { nas: 3, answers: false })
      t.same([first.received, third.received], ['', ''])
      await settles(t, platform, 2, DROPPED, { reason: 'missing-message-authenticator' })
      await settles(t, platform, 1, 'hotspot_radius_missing_ma_total', { nas: 'gw-1' })
      await settles(t, platform, 1, 'hotspot_radius_missing_ma_total', { nas: 'gw-3' })
      const proved = await radclient('auth', `${plain},Message-Authenticator=0x00`)
      t.match(proved.received, /^Received Access-Accept/, 'with one it is answered as before')
    },
  )

  await t.test('it ends in order', async (t) => {
    t.equal(await platform.stop(), 0)
  })
}
