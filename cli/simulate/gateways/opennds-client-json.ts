import type { Limits, Reading } from './session.ts'

export interface ListedClient {
  readonly gatewayname: string
  readonly gatewayaddress: string
  readonly mac: string
  readonly ip: string
  readonly token: string
  readonly custom: string
  readonly limits: Limits
  readonly reading: Reading
  /** Epoch seconds. */
  readonly startedAt: number
  readonly now: number
}

/** A client as `ndsctl json` of openNDS 9.10 shows it: everything is text, traffic is in KiB, averages in kbit/s. */
export function clientJson(client: ListedClient): Readonly<Record<string, string>> {
  const { limits, reading, startedAt } = client
  const average = (octets: bigint): string => (Number(octets) / 125 / Math.max(1, reading.seconds)).toFixed(2)
  return {
    gatewayname: client.gatewayname,
    gatewayaddress: client.gatewayaddress,
    gatewayfqdn: 'status.client',
    version: '9.10.0',
    client_type: 'cpd_can',
    mac: client.mac,
    ip: client.ip,
    clientif: 'br-lan',
    session_start: String(startedAt),
    session_end: limits.sessionSeconds === undefined ? 'null' : String(startedAt + limits.sessionSeconds),
    last_active: String(client.now),
    token: client.token,
    state: 'Authenticated',
    custom: client.custom,
    download_rate_limit_threshold: 'null',
    download_packet_rate: 'null',
    download_bucket_size: 'null',
    upload_rate_limit_threshold: 'null',
    upload_packet_rate: 'null',
    upload_bucket_size: 'null',
    download_quota: kibi(limits.quota?.to),
    upload_quota: kibi(limits.quota?.from),
    download_this_session: kibi(reading.to),
    download_session_avg: average(reading.to),
    upload_this_session: kibi(reading.from),
    upload_session_avg: average(reading.from),
  }
}

const kibi = (octets: bigint | undefined): string => (octets === undefined ? 'null' : String(octets / 1024n))
