import { createHash } from 'node:crypto'
import { gateways } from './city.ts'

/** What a FreeRADIUS of the bench does: one Redis read a login, the users file, or one Lua step a report. */
export type PeerKind = 'redis' | 'files' | 'accounting'

export interface PeerSetup {
  readonly kind: PeerKind
  readonly folder: string
  readonly threads: number
  readonly authPort: number
  readonly acctPort: number
  readonly redisPort: number
  /** Whom it becomes where the bench runs as root. */
  readonly user: string | null
  /** The text of our own step, for accounting. */
  readonly script: string
}

/** The key of a visitor's password in the peer's Redis. */
export const passwordKey = (userName: string): string => `visit:${userName}`

/** The key of a gateway's events there. */
export const eventsKey = (gateway: string): string => `events:${gateway}`

/** A `radiusd.conf` with nothing in it but what the comparison needs; all else is FreeRADIUS's default. */
export function radiusdConf(setup: PeerSetup): string {
  const { folder, threads, authPort, acctPort, user, kind } = setup
  return `
name = freeradius
prefix = /usr
libdir = /usr/lib/freeradius
logdir = ${folder}/log
run_dir = ${folder}/log
max_request_time = 30
cleanup_delay = 5
max_requests = 65536
hostname_lookups = no
log {
  destination = files
  file = ${folder}/log/radius.log
}
security {
  ${user === null ? '' : `user = ${user}\n  group = ${user}`}
  reject_delay = 1
  status_server = no
}
thread pool {
  start_servers = ${threads}
  max_servers = ${threads}
  min_spare_servers = 1
  max_spare_servers = ${threads}
  max_requests_per_server = 0
}
${gateways.map(client).join('')}
modules {
  pap {
    normalise = no
  }
  chap {
  }
  always ok {
    rcode = ok
  }
  ${kind === 'files' ? filesModule(folder) : redisModule(setup)}
}
server bench {
  listen {
    type = auth
    ipaddr = 127.0.0.1
    port = ${authPort}
  }
  listen {
    type = acct
    ipaddr = 127.0.0.1
    port = ${acctPort}
  }
  authorize {
    ${kind === 'files' ? 'files' : password}
    update reply {
      &Message-Authenticator := 0x00
      &Session-Timeout := 7200
      &Idle-Timeout := 900
    }
    chap
    pap
  }
  authenticate {
    Auth-Type PAP {
      pap
    }
    Auth-Type CHAP {
      chap
    }
  }
  accounting {
    ${kind === 'accounting' ? steps(setup.script) : 'ok'}
  }
}
`
}

const client = ({ id, address, secret }: (typeof gateways)[number]): string => `
client ${id} {
  ipaddr = ${address}
  secret = "${secret}"
  require_message_authenticator = yes
}
`

const filesModule = (folder: string): string => `files {
    filename = ${folder}/users
  }`

/** Over TCP: rlm_redis of 3.2 knows no Unix sockets. A connection a thread. */
const redisModule = ({ redisPort, threads }: PeerSetup): string => `redis {
    server = 127.0.0.1
    port = ${redisPort}
    query_timeout = 5
    pool {
      start = ${threads}
      min = ${threads}
      max = ${threads + 1}
      spare = 1
      uses = 0
      lifetime = 0
      idle_timeout = 0
    }
  }`

const password = `update control {
      &Cleartext-Password := "%{redis:HGET ${passwordKey('%{User-Name}')} password}"
    }`

/**
 * A session's record and event as long as ours, once the step has put the record to the event. The record stays the same through a session's life, so that the step,
 * which saves only what follows on what it knows, always saves.
 */
const record = `%{User-Name}|%{Calling-Station-Id}|%{Acct-Session-Id}|%{Framed-IP-Address}|${'r'.repeat(70)}`
const event = `%{Acct-Status-Type}|%{Acct-Session-Time}|%{Acct-Input-Octets}|%{Acct-Output-Octets}|${'e'.repeat(30)}`

const STAY_SECONDS = 86_400

function steps(script: string): string {
  const digest = createHash('sha1').update(script).digest('hex')
  const member = '%{Calling-Station-Id}|%{Acct-Session-Id}'
  const names = '%{NAS-Identifier}'
  const keys = `session:${names}:%{Acct-Session-Id} ${eventsKey(names)}`
  const step = (words: string): string =>
    `update control {
        &Tmp-String-1 := "%{redis:EVALSHA ${digest} ${words} ${event}}"
      }`
  const turn = (known: string, deadline: string, lifetime: string): string =>
    step(`3 ${keys} open:${names} ${known} ${record} ${member} ${deadline} ${lifetime}`)
  return `if (&Acct-Status-Type == Interim-Update) {
      ${step(`2 ${keys} ${record} ${record}`)}
    }
    elsif (&Acct-Status-Type == Start) {
      ${turn("''", '%l000', "''")}
    }
    else {
      ${turn(record, "''", String(STAY_SECONDS))}
    }
    ok`
}
