import { VENDORS } from '../core/domain/nas.ts'
import { Counter, type Registry } from '../core/process/metrics.ts'
import { OutcomeCounts } from '../core/process/outcome-counts.ts'
import { AnswerCounts } from './answer-counts.ts'

export interface RadiusMetrics {
  readonly answers: AnswerCounts
  readonly accountingOutcomes: OutcomeCounts
  readonly dropped: Counter<'reason'>
  readonly duplicates: Counter
  readonly missingMessageAuthenticator: Counter<'nas'>
  readonly proxyState: Counter<'nas'>
  readonly replyNotSigned: Counter<'nas'>
  readonly noNasIdentification: Counter<'nas'>
  readonly coa: Counter<'gateway' | 'result'>
  readonly coaUnconfirmed: Counter<'gateway'>
  readonly degraded: Counter
  readonly testLogins: Counter<'result'>
}

/** The figures of the RADIUS server. Labels are bounded: kinds, reasons, vendors and our own NASes. */
export function radiusMetrics(registry: Registry): RadiusMetrics {
  const registers = [registry]
  const coa = new Counter({
    name: 'hotspot_coa_requests_total',
    help: 'Disconnect-Requests to gateways, by vendor and result',
    labelNames: ['gateway', 'result'],
    registers,
  })
  const coaUnconfirmed = new Counter({
    name: 'hotspot_coa_unconfirmed_total',
    help: 'Sessions that accounting still had open two intervals after their gateway was asked to end them, by vendor',
    labelNames: ['gateway'],
    registers,
  })
  // A series that begins with its first failure shows Prometheus no increase, and no alert would tell of that one.
  for (const gateway of VENDORS) {
    for (const result of ['ack', 'timeout', 'unsent']) coa.inc({ gateway, result }, 0)
    coaUnconfirmed.inc({ gateway }, 0)
  }
  return {
    answers: new AnswerCounts(registry),
    accountingOutcomes: new OutcomeCounts(registry),
    dropped: new Counter({
      name: 'hotspot_radius_dropped_total',
      help: 'RADIUS packets that got no answer, by reason',
      labelNames: ['reason'],
      registers,
    }),
    duplicates: new Counter({
      name: 'hotspot_radius_duplicates_total',
      help: 'RADIUS requests that came again and were answered from the duplicate cache or dropped as in progress',
      registers,
    }),
    missingMessageAuthenticator: new Counter({
      name: 'hotspot_radius_missing_ma_total',
      help: 'Access-Requests without Message-Authenticator, by NAS',
      labelNames: ['nas'],
      registers,
    }),
    proxyState: new Counter({
      name: 'hotspot_radius_proxy_state_from_nas_total',
      help: 'Access-Requests with Proxy-State, by NAS: from one that is no proxy a sign of an attack (CVE-2024-3596)',
      labelNames: ['nas'],
      registers,
    }),
    replyNotSigned: new Counter({
      name: 'hotspot_radius_reply_ma_not_first_total',
      help: 'Answers to Access-Requests that went out without Message-Authenticator in the first place, by NAS: never',
      labelNames: ['nas'],
      registers,
    }),
    noNasIdentification: new Counter({
      name: 'hotspot_radius_no_nas_identification_total',
      help: 'Access-Requests without NAS-Identifier and NAS-IP-Address, by NAS (RFC 2865 §4.1); they are answered',
      labelNames: ['nas'],
      registers,
    }),
    coa,
    coaUnconfirmed,
    degraded: new Counter({
      name: 'hotspot_radius_degraded_total',
      help: 'Visitors who were let in for a few minutes because the live store was away and no limit could be checked',
      registers,
    }),
    testLogins: new Counter({
      name: 'hotspot_test_logins_total',
      help: 'Logins by which the platform proves itself, for each NAS record, by result; no visitor is among them',
      labelNames: ['result'],
      registers,
    }),
  }
}
