import { createHash } from 'node:crypto'
import { dashedMac } from '../../../core/domain/mac.ts'
import { uint32, vendorNumber, type Attribute } from '../radius/package.ts'
import { gatewayMac } from './gateway-mac.ts'
import { chapPassword, signedUrl, uamChallenge, uamPassword } from './chap.ts'
import { clientView, totalQuota } from './counters.ts'
import { RadiusSide, type RadiusManners } from './radius-side.ts'
import type { GatewaySetup, Guest, VirtualGateway } from './gateway.ts'
import { GatewayWebServer, worldAnswer, type WebReply, type WebRequest } from './web-server.ts'

const CHILLISPOT = 14559
const MAX_TOTAL_OCTETS = 3
const VERSION = 8
const ACCT_VIEW_POINT = 10
const MAX_TOTAL_GIGAWORDS = 23
/** Octets counted from the client's side, as CoovaChilli does unless told to swap them. */
const CLIENT_VIEW = 2
const WISPR = 14122
const WISPR_LOGOFF_URL = 3
const SSID = 'Hanoi Free WiFi'

/** What a gateway knows of a guest before and after login. */
interface Unit {
  readonly number: number
  readonly acctSessionId: string
  challenge: Buffer
  userName: string | null
}

/**
 * CoovaChilli 1.6: UAM redirects signed with `md`, `/logon` by CHAP or PAP, `/logoff`, octets the other way round.
 * @see src/redir.c, src/radius.c and src/chilli.c of CoovaChilli; standards.md C1
 */
export function coovaChilli(setup: GatewaySetup): VirtualGateway {
  const { lab, platform, clock } = setup
  const { nas, address } = lab
  const web = { host: address, port: Number(new URL(nas.gatewayUrl ?? `http://${address}:3990`).port) || 80 }
  const uamSecret = nas.uamSecret?.reveal() ?? null
  const own = `http://${web.host}:${web.port}`
  const called = dashedMac(gatewayMac(address))
  const units = new Map<Guest, Unit>()
  let bornAt = 0
  let joined = 0

  const manners: RadiusManners = {
    station: (guest) => [
      ['Calling-Station-Id', dashedMac(guest.phone.mac)],
      ['Called-Station-Id', `${guest.ap ? dashedMac(guest.ap) : called}:${SSID}`],
      ['NAS-Port', units.get(guest)?.number ?? 0],
      ['NAS-Port-Id', String(units.get(guest)?.number ?? 0).padStart(8, '0')],
    ],
    accounting: () => [
      ['Vendor-Specific', CHILLISPOT, [[VERSION, Buffer.from('1.6')]]],
      ['Vendor-Specific', CHILLISPOT, [[ACCT_VIEW_POINT, uint32(CLIENT_VIEW)]]],
    ],
    counters: clientView,
    quota: (accept) =>
      totalQuota(
        vendorNumber(accept, CHILLISPOT, MAX_TOTAL_OCTETS),
        vendorNumber(accept, CHILLISPOT, MAX_TOTAL_GIGAWORDS),
      ),
    disconnectNeeds: ['User-Name'],
    announces: true,
  }
  const radius = new RadiusSide(setup, manners)
  const server = new GatewayWebServer(web, serve)

  function serve(request: WebRequest): Promise<WebReply> | WebReply {
    const { guest, url } = request
    const online = radius.session(guest) !== null
    if (!request.own) return online ? worldAnswer(url) : redirect(guest, 'notyet', { userurl: url.href })
    if (url.pathname === '/logon') return online ? redirect(guest, 'already') : logon(request)
    if (url.pathname === '/logoff') return logoff(guest)
    return redirect(guest, online ? 'already' : 'notyet')
  }

  async function logon({ guest, values }: WebRequest): Promise<WebReply> {
    const { username, userurl = '' } = values
    const unit = units.get(guest)!
    const challenge = uamChallenge(unit.challenge, uamSecret)
    const credentials = credentialsOf(values, challenge)
    if (!username || !credentials) return redirect(guest, 'failed', { reason: 'other', userurl })
    const login = await radius.login(guest, unit.acctSessionId, username, credentials)
    if (login.kind !== 'accepted') {
      // A failed login gets another challenge.
      unit.challenge = challengeFor(guest)
      const message: Record<string, string> =
        login.kind === 'rejected' && login.message ? { reply: login.message } : {}
      return redirect(guest, 'failed', {
        reason: login.kind === 'rejected' ? 'reject' : 'timeout',
        ...message,
        userurl,
      })
    }
    unit.userName = username
    const { sessionSeconds } = login.limits
    const timeleft: Record<string, string> =
      sessionSeconds === undefined ? {} : { timeleft: String(sessionSeconds) }
    return redirect(guest, 'success', { uid: username, ...timeleft, userurl })
  }

  function logoff(guest: Guest): WebReply {
    void radius.session(guest)?.end('User-Request')
    return redirect(guest, 'logoff')
  }

  /** The portal's address with what CoovaChilli says of a phone, in the order of redir_buildurl. */
  function redirect(guest: Guest, res: string, more: Readonly<Record<string, string>> = {}): WebReply {
    const unit = units.get(guest)!
    const { reason, uid, timeleft, reply, userurl } = more
    const query: readonly (readonly [string, string | undefined])[] = [
      ['res', res],
      ['uamip', web.host],
      ['uamport', String(web.port)],
      ['challenge', res === 'success' || res === 'already' ? undefined : unit.challenge.toString('hex')],
      ['called', called],
      ['uid', uid],
      ['timeleft', timeleft],
      ['mac', dashedMac(guest.phone.mac)],
      ['ip', guest.phone.ip],
      ['reply', reply],
      ['ssid', SSID],
      ['nasid', nas.identifier],
      ['sessionid', unit.acctSessionId],
      ['reason', reason],
      ['userurl', userurl],
    ]
    const pairs = query.flatMap(([name, value]) => (value ? [`${name}=${encodeURIComponent(value)}`] : []))
    return { redirect: signedUrl(`${platform.portalUrl}/g/coova-chilli?${pairs.join('&')}`, uamSecret) }
  }

  /** Never seen before, even when the same seed plays again on the same platform. */
  const challengeFor = (guest: Guest): Buffer =>
    createHash('md5').update(guest.random.bytes(16)).update(`${bornAt}`).digest()

  return {
    lab,
    web,
    logoffUrl: `${own}/logoff`,
    async open() {
      bornAt = clock.now()
      await radius.open()
      await server.open()
    },
    join(guest) {
      const number = ++joined
      const acctSessionId = `${Math.floor(bornAt / 1000).toString(16)}${number.toString(16).padStart(8, '0')}`
      units.set(guest, { number, acctSessionId, challenge: challengeFor(guest), userName: null })
      server.join(guest)
    },
    session: (guest) => radius.session(guest),
    leave(guest) {
      server.leave(guest)
      units.delete(guest)
    },
    endAll: (cause) => radius.endAll(cause),
    fail: () => radius.fail(),
    async close() {
      await server.close()
      await radius.close()
    },
  }

  function credentialsOf(values: Readonly<Record<string, string>>, challenge: Buffer): Attribute[] | null {
    const { response, password } = values
    if (response !== undefined && /^[0-9a-f]{32}$/i.test(response))
      return [
        ['CHAP-Challenge', challenge],
        ['CHAP-Password', chapPassword(0, Buffer.from(response, 'hex'))],
        ...logoffUrl(),
      ]
    if (password !== undefined && /^(?:[0-9a-f]{2}){1,128}$/i.test(password))
      return [['User-Password', uamPassword(password, challenge)], ...logoffUrl()]
    return null
  }

  function logoffUrl(): Attribute[] {
    return [
      ['Vendor-Specific', WISPR, [[WISPR_LOGOFF_URL, Buffer.from(`${own}/logoff`)]]],
      ['Vendor-Specific', CHILLISPOT, [[VERSION, Buffer.from('1.6')]]],
    ]
  }
}
