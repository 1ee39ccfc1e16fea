import { Counter, Histogram, type Registry } from '../core/process/metrics.ts'

export interface RadiusMetrics {
  readonly requests: Counter<'kind' | 'result'>
  readonly seconds: Histogram<'kind'>
  readonly dropped: Counter<'reason'>
  readonly duplicates: Counter
  readonly missingMessageAuthenticator: Counter<'nas'>
  readonly coa: Counter<'gateway' | 'result'>
}

/** The figures of the RADIUS server. Labels are bounded: kinds, reasons, vendors and our own NASes. */
export function radiusMetrics(registry: Registry): RadiusMetrics {
  const registers = [registry]
  return {
    requests: new Counter({
      name: 'hotspot_radius_requests_total',
      help: 'RADIUS requests that were answered, by kind and result',
      labelNames: ['kind', 'result'],
      registers,
    }),
    seconds: new Histogram({
      name: 'hotspot_radius_request_seconds',
      help: 'Time from a RADIUS request to its answer (an Access-Reject is held back on purpose and not counted here)',
      labelNames: ['kind'],
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers,
    }),
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
    coa: new Counter({
      name: 'hotspot_coa_requests_total',
      help: 'Disconnect-Requests to gateways, by vendor and result',
      labelNames: ['gateway', 'result'],
      registers,
    }),
  }
}
