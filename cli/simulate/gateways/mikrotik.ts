import { colonMac, type Mac } from '../../../core/domain/mac.ts'
import { vendorNumber, type Attribute } from '../radius/package.ts'
import { chapPassword } from './chap.ts'
import { nasView, totalQuota } from './counters.ts'
import type { GatewaySetup, Guest, VirtualGateway } from './gateway.ts'
import { octalEscaped } from './octal.ts'
import { RadiusSide, type RadiusManners } from './radius-side.ts'
import { GatewayWebServer, worldAnswer, type WebReply, type WebRequest } from './web-server.ts'

const MIKROTIK = 14988
const HOST_IP = 10
const TOTAL_LIMIT = 17
const TOTAL_LIMIT_GIGAWORDS = 18
const HOTSPOT_SERVER = 'hotspot1'
const CHAP_CHALLENGE_OCTETS = 16

interface Host {
  readonly acctSessionId: string
  /** Null where this guest is served http-pap. */
  readonly chap: { readonly id: number; readonly challenge: Buffer } | null
}

/**
 * MikroTik RouterOS 7 Hotspot with a login.html that sends the phone to an external portal: http-chap and http-pap by
 * turns, `link-login-only` by GET or POST, octets as RFC 2866 counts them.
 * @see standards.md C3
 */
export function mikrotik(setup: GatewaySetup): VirtualGateway {
  const { lab, platform, clock } = setup
  const { nas, address } = lab
  const loginUrl = new URL(nas.gatewayUrl ?? `http://${address}/login`)
  if (loginUrl.pathname === '/') loginUrl.pathname = '/login'
  const web = { host: address, port: Number(loginUrl.port) || 80 }
  const logoutUrl = new URL('/logout', loginUrl).href
  const hosts = new Map<Guest, Host>()
  let bornAt = 0
  let joined = 0

  const manners: RadiusManners = {
    station: (guest) => [
      ['Calling-Station-Id', upperColon(guest.phone.mac)],
      ['Called-Station-Id', HOTSPOT_SERVER],
      ['NAS-Port-Id', 'bridge-hotspot'],
      ['Vendor-Specific', MIKROTIK, [[HOST_IP, ipv4(guest.phone.ip)]]],
    ],
    accounting: () => [],
    counters: nasView,
    quota: (accept) =>
      totalQuota(
        vendorNumber(accept, MIKROTIK, TOTAL_LIMIT),
        vendorNumber(accept, MIKROTIK, TOTAL_LIMIT_GIGAWORDS),
      ),
    // RouterOS finds a hotspot user by name and address (standards.md A5).
    disconnectNeeds: ['User-Name', 'Framed-IP-Address'],
    announces: false,
  }
  const radius = new RadiusSide(setup, manners)
  const server = new GatewayWebServer(web, serve)

  function serve(request: WebRequest): Promise<WebReply> | WebReply {
    const { guest, url, values } = request
    const online = radius.session(guest) !== null
    if (!request.own) return online ? worldAnswer(url) : toPortal(guest, url.href)
    if (url.pathname === '/logout') return logout(guest)
    if (online) return { redirect: values.dst || new URL('/status', loginUrl).href }
    if (url.pathname === loginUrl.pathname && values.username) return login(request)
    return toPortal(guest, values.dst ?? '')
  }

  async function login({ guest, values }: WebRequest): Promise<WebReply> {
    const { username = '', password = '', dst = '' } = values
    const host = hosts.get(guest)!
    const result = await radius.login(guest, host.acctSessionId, username, credentialsOf(host, password))
    if (result.kind === 'accepted') return dst ? { redirect: dst } : worldAnswer(new URL(logoutUrl))
    const silent = 'RADIUS server is not responding'
    const error = result.kind === 'timeout' ? silent : result.message || 'invalid username or password'
    return toPortal(guest, dst, error)
  }

  function logout(guest: Guest): WebReply {
    void radius.session(guest)?.end('User-Request')
    return { status: 200, body: '<!doctype html><title>logout</title><h1>you have just logged out</h1>' }
  }

  /** What login.html forwards; RouterOS does not sign it. */
  function toPortal(guest: Guest, original: string, error = ''): WebReply {
    const { chap } = hosts.get(guest)!
    const query = {
      mac: upperColon(guest.phone.mac),
      ip: guest.phone.ip,
      username: '',
      'link-login': `${loginUrl.href}?dst=${encodeURIComponent(original)}`,
      'link-login-only': loginUrl.href,
      'link-orig': original,
      error,
      'chap-id': chap ? octalEscaped(Buffer.from([chap.id])) : '',
      'chap-challenge': chap ? octalEscaped(chap.challenge) : '',
      identity: nas.identifier,
      'server-name': HOTSPOT_SERVER,
      'interface-name': 'bridge-hotspot',
    }
    const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    return { redirect: `${platform.portalUrl}/g/mikrotik?${pairs.join('&')}` }
  }

  return {
    lab,
    web,
    logoffUrl: logoutUrl,
    async open() {
      bornAt = clock.now()
      await radius.open()
      await server.open()
    },
    join(guest) {
      const number = joined++
      // RouterOS counts sessions from 0x80000000 and starts anew at each boot; ours are further on at each.
      const acctSessionId = ((Math.floor(bornAt / 1000) * 4096 + number) % 2 ** 32)
        .toString(16)
        .padStart(8, '0')
      const chap =
        number % 2 === 0
          ? { id: guest.random.below(256), challenge: guest.random.bytes(CHAP_CHALLENGE_OCTETS) }
          : null
      hosts.set(guest, { acctSessionId, chap })
      server.join(guest)
    },
    session: (guest) => radius.session(guest),
    leave(guest) {
      server.leave(guest)
      hosts.delete(guest)
    },
    endAll: (cause) => radius.endAll(cause),
    fail: () => radius.fail(),
    async close() {
      await server.close()
      await radius.close()
    },
  }
}

function credentialsOf({ chap }: Host, password: string): Attribute[] {
  if (chap && /^[0-9a-f]{32}$/i.test(password))
    return [
      ['CHAP-Challenge', chap.challenge],
      ['CHAP-Password', chapPassword(chap.id, Buffer.from(password, 'hex'))],
    ]
  return [['User-Password', password]]
}

const upperColon = (mac: Mac): string => colonMac(mac).toUpperCase()

const ipv4 = (address: string): Buffer => Buffer.from(address.split('.').map(Number))
