import { randomBytes } from 'node:crypto'
import { join } from 'node:path'

/** FAS level of openNDS. */
export type Level = 1 | 2 | 3

export const NAS = 'lab-nas'
export const SITE = 'lab-site'
export const PLACE = { vi: 'Sân thử nghiệm', en: 'Test Yard' }
export const SESSION_SECONDS = 3600
export const PORTAL = 'http://203.0.113.10:8080'
export const TLS_PORTAL = 'https://portal.wifi.test:8443'

/** The environment of the platform in a lab; `folder` holds the lab, the data and the city file. */
export const platformSettings = (folder: string, level: Level): Record<string, string> => ({
  HOTSPOT_HOST: '203.0.113.10',
  HOTSPOT_KEY: randomBytes(32).toString('base64'),
  HOTSPOT_DATA: join(folder, 'data'),
  HOTSPOT_CONFIG: join(folder, 'city.json'),
  CONSOLE_HOST: '127.0.0.1',
  METRICS_HOST: '127.0.0.1',
  PORTAL_URL: PORTAL,
  RADIUS_WORKERS: '1',
  ...(level === 3 && {
    PORTAL_TLS_CERT: join(folder, 'lab/tls/portal.pem'),
    PORTAL_TLS_KEY: join(folder, 'lab/tls/portal-key.pem'),
    PORTAL_TLS_URL: TLS_PORTAL,
  }),
})

/** One site with one openNDS. */
export const cityFile = (fasKey: string): object => ({
  city: { id: 'lab', name: { vi: 'Phòng thử', en: 'Lab' }, timeZone: 'Asia/Ho_Chi_Minh' },
  operators: [{ id: 'op', name: 'Operator' }],
  sites: [
    {
      id: SITE,
      name: PLACE,
      category: 'tourist-site',
      state: 'live',
      operator: 'op',
      lat: 21.03,
      lng: 105.85,
      login: ['click-through', 'voucher'],
      limits: {
        sessionSeconds: SESSION_SECONDS,
        dailySeconds: 7200,
        dailyOctets: 1_000_000_000,
        downBitsPerSecond: 50_000_000,
        upBitsPerSecond: 20_000_000,
      },
    },
  ],
  nas: [
    {
      id: NAS,
      site: SITE,
      gateway: 'opennds',
      addresses: ['192.0.2.2/32'],
      secret: randomBytes(18).toString('base64'),
      fasKey,
      gatewayUrl: 'http://10.77.0.1:2050',
      interimSeconds: 60,
    },
  ],
})
