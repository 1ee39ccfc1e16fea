import type { Mac } from '../../../core/domain/mac.ts'
import type { Clock } from '../clock.ts'
import type { LabSite } from '../lab.ts'
import type { Phone, Stay } from '../phones/phone.ts'
import type { Mischief } from '../radius/client.ts'
import type { Random } from '../random.ts'
import type { HostPort, Platform } from '../run-file.ts'
import type { EndCause, OnlineSession, SessionEnd } from './session.ts'

/** A phone on a gateway's open network, for one visit. */
export interface Guest {
  readonly phone: Phone
  /** The access point it is joined to; null where the site names none. */
  readonly ap: Mac | null
  readonly stay: Stay
  readonly random: Random
}

/** A gateway of one vendor, played at its own loopback address: its network, its web server, its word to the platform. */
export interface VirtualGateway {
  readonly lab: LabSite
  /** Where its web server answers, for its own pages and for whatever a captive phone asks for. */
  readonly web: HostPort
  /** Where a visitor ends a session by hand, or null. */
  readonly logoffUrl: string | null
  /** @throws SetupError when one of its addresses is taken. */
  open(): Promise<void>
  join(guest: Guest): void
  /** The open session of a guest, or null. */
  session(guest: Guest): OnlineSession | null
  leave(guest: Guest): void
  endAll(cause: EndCause): Promise<void>
  /** Its power fails: whoever is online is gone, and nobody is told. */
  fail(): Promise<void>
  close(): Promise<void>
}

/** Who hears of what gateways see. */
export interface GatewayObserver {
  accepted(): void
  rejected(reason: string): void
  sessionStarted(lab: LabSite, mac: Mac): void
  sessionEnded(lab: LabSite, end: SessionEnd): void
  interim(): void
  reordered(): void
  disconnect(answer: 'ack' | 'nak'): void
  radiusAnswered(milliseconds: number): void
  retransmitted(): void
  duplicated(): void
  /** Something that should not happen between a gateway and the platform. */
  fault(lab: LabSite, reason: string): void
}

export interface GatewaySetup {
  readonly lab: LabSite
  readonly platform: Platform
  readonly clock: Clock
  /** By which it waits for answers, where `clock` is no measure of them. */
  readonly wire?: Clock
  readonly random: Random
  readonly mischief: Mischief
  readonly observer: GatewayObserver
}
