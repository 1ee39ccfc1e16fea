import { isIPv4 } from 'node:net'
import { localAddresses } from '../../core/process/addresses.ts'
import type { Running } from '../../core/process/lifecycle.ts'
import type { Logger } from '../../core/process/log.ts'
import type { Registry } from '../../core/process/metrics.ts'
import type { Settings } from '../../core/process/settings.ts'
import type { Peering, Team } from '../../core/process/shared.ts'
import { bufferAdvice, measureKernelDrops, measureReceiveBuffer, type Bound } from './kernel.ts'
import { openLibc } from './libc.ts'
import { Steering } from './steering.ts'
import { listenUdp, type Incoming, type Listening, type Source, type UdpSocket } from './udp.ts'

export interface TransportParts {
  readonly settings: Pick<Settings, 'hosts' | 'radiusAuthPort' | 'radiusAcctPort'>
  /** Null: no other worker has these ports. */
  readonly team: Team | null
  readonly registry: Registry
  readonly log: Logger
  readonly receive: (port: 'auth' | 'acct', incoming: Incoming) => void
  /** Hears of a datagram at the private port that no worker of the team sent. */
  readonly refused: (from: Source) => void
}

export interface Transport extends Running {
  readonly authPort: number
  readonly acctPort: number
  /** Where authentication listens, each as the kernel spells it. */
  readonly addresses: readonly string[]
  /** Null without a team. */
  readonly peering: Peering | null
}

/**
 * Listens for authentication and accounting on every address, and tells how the kernel serves these sockets.
 * @throws SetupError when an address cannot be bound.
 */
export async function startTransport(parts: TransportParts): Promise<Transport> {
  const { settings, team, receive, refused } = parts
  const addresses = team?.addresses ?? localAddresses(settings.hosts)
  const listening: Listening[] = []
  const sockets: UdpSocket[] = []
  const libc = await openLibc()
  const steering = team && (await Steering.start({ team, deliver, refused }))
  const passOn = steering && steering.passOn.bind(steering)
  const stop = async (): Promise<void> => {
    await Promise.all([steering?.stop(), ...listening.map((each) => each.stop())])
  }
  try {
    const auth = await listenUdp(
      { addresses, port: settings.radiusAuthPort, setting: 'RADIUS_AUTH_PORT', firstNumber: 0, libc },
      (incoming) => receive('auth', incoming),
      passOn,
    )
    listening.push(auth)
    sockets.push(...auth.sockets)
    const acct = await listenUdp(
      {
        addresses,
        port: settings.radiusAcctPort,
        setting: 'RADIUS_ACCT_PORT',
        firstNumber: addresses.length,
        libc,
      },
      (incoming) => receive('acct', incoming),
      passOn,
    )
    listening.push(acct)
    sockets.push(...acct.sockets)
    tellOfKernel(parts, sockets, steering)
    return {
      authPort: auth.port,
      acctPort: acct.port,
      addresses: auth.sockets.map(({ address }) => address),
      peering: steering,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }

  function deliver(number: number, datagram: Buffer, source: Source): boolean {
    const socket = sockets[number]
    socket?.take(datagram, source)
    return socket !== undefined
  }
}

/** The sockets are the team's, so that one of it tells of them; each has its private one. */
function tellOfKernel(
  { team, registry, log }: TransportParts,
  sockets: readonly UdpSocket[],
  steering: Steering | null,
): void {
  const bound: Bound[] = steering ? [steering] : []
  if (team === null || team.index === 0) {
    bound.push(...sockets)
    measureReceiveBuffer(registry, sockets)
    const advice = sockets.map(({ receiveBuffer }) => bufferAdvice(receiveBuffer)).find(Boolean)
    if (advice) log.warn(advice)
    const slow = sockets.filter(({ address, readsMany }) => isIPv4(address) && !readsMany)
    if (slow.length > 0)
      log.warn(
        'RADIUS datagrams are read and sent one by one: Linux on 64 bits with the package koffi does it faster',
      )
  }
  measureKernelDrops(registry, bound)
}
