/** A city of one site with two gateways, of the only kind of secret that goes beyond loopback: one of its own. */
export function cityFile(parts: {
  secret: string
  gateway: string
  more?: { id: string; address: string }
}): string {
  const nas = (id: string, address: string) => ({
    id,
    site: SITE,
    gateway: 'mikrotik',
    addresses: [`${address}/32`],
    secret: parts.secret,
    interimSeconds: 300,
  })
  return JSON.stringify({
    city: { id: 'thu-nghiem', name: { vi: 'Thử nghiệm', en: 'Trial' }, timeZone: 'Asia/Ho_Chi_Minh' },
    operators: [{ id: 'operator', name: 'Operator' }],
    sites: [
      {
        id: SITE,
        name: { vi: 'Hồ Thử', en: 'Trial Lake' },
        category: 'tourist-site',
        state: 'live',
        operator: 'operator',
        lat: 21.03,
        lng: 105.85,
        login: ['click-through', 'voucher'],
        limits: { sessionSeconds: 3600 },
      },
    ],
    nas: [nas(NAS, parts.gateway), ...(parts.more ? [nas(parts.more.id, parts.more.address)] : [])],
  })
}

export const SITE = 'ho-thu'
export const NAS = 'gateway-1'
