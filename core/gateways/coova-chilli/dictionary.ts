import { dictionary } from '../dictionary.ts'

const COOVA = 'CoovaChilli doc/dictionary.chillispot, doc/attributes'

/** ChilliSpot's attributes, 14559, as CoovaChilli has them. */
export const chilliSpot = dictionary(14559, {
  // Input is what the visitor sends.
  'ChilliSpot-Max-Input-Octets': [1, 'integer', COOVA, 'octets'],
  'ChilliSpot-Max-Output-Octets': [2, 'integer', COOVA, 'octets'],
  'ChilliSpot-Max-Total-Octets': [3, 'integer', COOVA, 'octets'],
  'ChilliSpot-Bandwidth-Max-Up': [4, 'integer', COOVA, 'kbit/s'],
  'ChilliSpot-Bandwidth-Max-Down': [5, 'integer', COOVA, 'kbit/s'],
  'ChilliSpot-Config': [6, 'text', COOVA],
  'ChilliSpot-Lang': [7, 'text', COOVA],
  'ChilliSpot-Version': [8, 'text', COOVA],
  'ChilliSpot-OriginalURL': [9, 'text', COOVA],
  // From whose side octets are counted: 1 the NAS's, 2 the client's.
  'ChilliSpot-Acct-View-Point': [10, 'integer', COOVA],
  'ChilliSpot-Require-UAM': [11, 'text', COOVA],
  'ChilliSpot-Require-Splash': [12, 'text', COOVA],
  'ChilliSpot-Route-To-Interface': [13, 'text', COOVA],
  'ChilliSpot-Max-Input-Gigawords': [21, 'integer', COOVA, 'gigawords'],
  'ChilliSpot-Max-Output-Gigawords': [22, 'integer', COOVA, 'gigawords'],
  'ChilliSpot-Max-Total-Gigawords': [23, 'integer', COOVA, 'gigawords'],
  'ChilliSpot-VLAN-Id': [24, 'integer', COOVA],
  'ChilliSpot-Sys-Uptime': [40, 'integer', COOVA, 's'],
  'ChilliSpot-Sys-LoadAvg': [41, 'text', COOVA],
  'ChilliSpot-Sys-Memory': [42, 'text', COOVA],
  'ChilliSpot-DHCP-Vendor-Class-Id': [50, 'text', COOVA],
  'ChilliSpot-DHCP-Client-Id': [51, 'text', COOVA],
  'ChilliSpot-DHCP-Options': [52, 'text', COOVA],
  'ChilliSpot-DHCP-Hostname': [54, 'text', COOVA],
  'ChilliSpot-DHCP-Client-FQDN': [56, 'text', COOVA],
  'ChilliSpot-UAM-Allowed': [100, 'text', COOVA],
  'ChilliSpot-MAC-Allowed': [101, 'text', COOVA],
  'ChilliSpot-Interval': [102, 'integer', COOVA, 's'],
})
