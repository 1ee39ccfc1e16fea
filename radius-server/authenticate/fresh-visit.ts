import type { Visit } from '../../core/domain/visit.ts'
import type { AccessQuestion } from './authenticate.ts'

/** The visit of somebody who did not come by the portal: the gateway alone says who it is, and proves it by its secret. */
export const freshVisit = ({ freshId, nas, site, mac, now }: AccessQuestion): Visit => ({
  id: freshId(),
  nas: nas.id,
  site: site.id,
  mac,
  ap: null,
  ssid: null,
  ip: null,
  lang: 'vi',
  spoken: 'und',
  device: { family: 'unknown', os: 'unknown' },
  context: {},
  proved: true,
  createdAt: now,
})
