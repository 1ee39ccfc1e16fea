// MS-CHAPv2 over the wire: FreeRADIUS's radclient sends it, its smbencrypt hashes the password, and both believe the answer.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import t from 'tap'
import { msChapV2 } from '../../radius-server/ms-chap.ts'
import { address, lab, SECRET, SITE } from './lab.ts'

t.setTimeout(10 * 60e3)

if (spawnSync('radclient', ['-v']).error || spawnSync('smbencrypt', ['x']).error)
  t.plan(0, 'radclient and smbencrypt are not installed (apt-get install freeradius-utils)')
else await allTests()

/** MD4 of a password as FreeRADIUS makes it. */
function hashOf(password: string): Buffer {
  const { stdout } = spawnSync('smbencrypt', [password], { encoding: 'utf8' })
  const [, hash] = /^[0-9A-F]{32}\s+([0-9A-F]{32})$/m.exec(stdout) ?? []
  if (!hash) throw new Error(`smbencrypt said: ${stdout}`)
  return Buffer.from(hash, 'hex')
}

async function allTests(): Promise<void> {
  const platform = await lab(t, [{ gateway: 'coova-chilli' }])
  const words = ['--site', SITE, '--count', '1', '--seconds', '1800', '--devices', '5', '--json']
  const made = await platform.hotspot('voucher', 'create', ...words)
  const [voucher] = JSON.parse(made.stdout) as { code: string }[]
  const code = voucher!.code

  /** What radclient says that it received and verified. */
  async function login(userName: string, password: string) {
    const { attributes, success } = msChapV2({ userName, password, ident: 33, hash: hashOf(password) })
    const [challenge, response] = attributes.map(([, value]) => value.subarray(6).toString('hex'))
    const client = spawn('radclient', [
      ...['-x', '-r', '10', '-t', '6'],
      ...[`127.0.0.1:${platform.ports.radiusAuth}`, 'auth', SECRET],
    ])
    let output = ''
    for (const stream of [client.stdout, client.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    const request = [
      `User-Name="${userName}"`,
      `MS-CHAP-Challenge=0x${challenge}`,
      `MS-CHAP2-Response=0x${response}`,
      'Calling-Station-Id="02-00-5E-00-53-01"',
      'NAS-Identifier="gw-1"',
      'Message-Authenticator=0x00',
      `Packet-Src-IP-Address=${address(1)}`,
    ]
    client.stdin.end(`${request.join(',')}\n`)
    await once(client, 'close')
    const at = output.indexOf('Received ')
    return { received: at < 0 ? '' : output.slice(at), success }
  }

  await t.test('smbencrypt hashes the password of RFC 2759 as the RFC does', async (t) => {
    t.equal(hashOf('clientPass').toString('hex'), '44ebba8d5312b8d611474411f56989ae')
  })

  await t.test('a code is accepted, and the answer shows that we know it, too', async (t) => {
    const { received, success } = await login(code, code)
    t.match(received, /^Received Access-Accept/)
    t.match(received, `MS-CHAP2-Success = 0x${success.toString('hex')}`)
    t.match(received, /Session-Timeout = 1800/)
    t.notMatch(received, /MS-MPPE/, 'a hotspot encrypts nothing')
  })

  await t.test('another password is refused, and told so in the words of MS-CHAPv2', async (t) => {
    const { received } = await login(code, 'WRNGC0DE')
    t.match(received, /^Received Access-Reject/)
    t.match(received, /MS-CHAP-Error = "!E=691 R=0 C=[0-9A-F]{32} V=3 M=/)
    t.notMatch(received, /MS-CHAP2-Success/)
  })

  await t.test('it ends in order', async (t) => {
    t.equal(await platform.stop(), 0)
  })
}
