// The numbers of the RFCs, named as the RFCs name them: each hyphenated word capitalised, NAS-IP-Address → NasIpAddress.

/** Packet codes. @see RFC 2865 §3, RFC 2866 §3, RFC 5176 §2.3, RFC 5997 §2, RFC 7930 §4 (Protocol-Error) */
export const Code = {
  AccessRequest: 1,
  AccessAccept: 2,
  AccessReject: 3,
  AccountingRequest: 4,
  AccountingResponse: 5,
  AccessChallenge: 11,
  StatusServer: 12,
  DisconnectRequest: 40,
  DisconnectAck: 41,
  DisconnectNak: 42,
  CoaRequest: 43,
  CoaAck: 44,
  CoaNak: 45,
  ProtocolError: 52,
} as const

/** Attribute types of the standard space; a vendor's own numbers live in its `core/gateways` folder. */
export const AttributeType = {
  // RFC 2865 §5
  UserName: 1,
  UserPassword: 2,
  ChapPassword: 3,
  NasIpAddress: 4,
  NasPort: 5,
  ServiceType: 6,
  FramedProtocol: 7,
  FramedIpAddress: 8,
  FramedIpNetmask: 9,
  FilterId: 11,
  FramedMtu: 12,
  LoginIpHost: 14,
  LoginService: 15,
  ReplyMessage: 18,
  State: 24,
  Class: 25,
  VendorSpecific: 26,
  SessionTimeout: 27,
  IdleTimeout: 28,
  TerminationAction: 29,
  CalledStationId: 30,
  CallingStationId: 31,
  NasIdentifier: 32,
  ProxyState: 33,
  ChapChallenge: 60,
  NasPortType: 61,
  PortLimit: 62,
  // RFC 2866 §5
  AcctStatusType: 40,
  AcctDelayTime: 41,
  AcctInputOctets: 42,
  AcctOutputOctets: 43,
  AcctSessionId: 44,
  AcctAuthentic: 45,
  AcctSessionTime: 46,
  AcctInputPackets: 47,
  AcctOutputPackets: 48,
  AcctTerminateCause: 49,
  AcctMultiSessionId: 50,
  AcctLinkCount: 51,
  // RFC 2867 §4, RFC 2868 §3
  TunnelType: 64,
  TunnelMediumType: 65,
  TunnelClientEndpoint: 66,
  TunnelServerEndpoint: 67,
  AcctTunnelConnection: 68,
  TunnelPassword: 69,
  TunnelPrivateGroupId: 81,
  TunnelAssignmentId: 82,
  TunnelPreference: 83,
  AcctTunnelPacketsLost: 86,
  TunnelClientAuthId: 90,
  TunnelServerAuthId: 91,
  // RFC 2869 §5; EAP-Message and Message-Authenticator are RFC 3579 §3 now
  AcctInputGigawords: 52,
  AcctOutputGigawords: 53,
  EventTimestamp: 55,
  ArapPassword: 70,
  ConnectInfo: 77,
  EapMessage: 79,
  MessageAuthenticator: 80,
  AcctInterimInterval: 85,
  NasPortId: 87,
  FramedPool: 88,
  // RFC 4675 §2
  EgressVlanid: 56,
  IngressFilters: 57,
  EgressVlanName: 58,
  UserPriorityTable: 59,
  // RFC 4372 §2.1, RFC 4849 §2
  ChargeableUserIdentity: 89,
  NasFilterRule: 92,
  // RFC 3162 §2, RFC 4818 §3, RFC 6911 §3
  NasIpv6Address: 95,
  FramedInterfaceId: 96,
  FramedIpv6Prefix: 97,
  LoginIpv6Host: 98,
  FramedIpv6Route: 99,
  FramedIpv6Pool: 100,
  DelegatedIpv6Prefix: 123,
  FramedIpv6Address: 168,
  DnsServerIpv6Address: 169,
  RouteIpv6Information: 170,
  DelegatedIpv6PrefixPool: 171,
  StatefulIpv6AddressPool: 172,
  // RFC 5176 §3.5, RFC 5580 §4
  ErrorCause: 101,
  OperatorName: 126,
  LocationInformation: 127,
  LocationData: 128,
  LocationCapable: 131,
  // RFC 7268 §2
  MobilityDomainId: 177,
  WlanHessid: 181,
  WlanVenueInfo: 182,
  WlanVenueLanguage: 183,
  WlanVenueName: 184,
  WlanReasonCode: 185,
  WlanPairwiseCipher: 186,
  WlanGroupCipher: 187,
  WlanAkmSuite: 188,
  WlanRfBand: 190,
  // RFC 6929 §3: what they carry has a type of its own, see `ExtendedType`
  ExtendedAttribute1: 241,
  ExtendedAttribute2: 242,
  ExtendedAttribute3: 243,
  ExtendedAttribute4: 244,
  ExtendedAttribute5: 245,
  ExtendedAttribute6: 246,
} as const

/** Types inside an extended attribute: 241.8 is Operator-NAS-Identifier. @see RFC 6929 §4, RFC 8559 §3.4 */
export const ExtendedType = {
  OperatorNasIdentifier: 8,
  VendorSpecific: 26,
} as const

/** @see RFC 2865 §5.6; Authorize-Only RFC 5176 §3.2 */
export const ServiceType = {
  LoginUser: 1,
  FramedUser: 2,
  AdministrativeUser: 6,
  NasPromptUser: 7,
  AuthenticateOnly: 8,
  CallCheck: 10,
  AuthorizeOnly: 17,
} as const

/** @see RFC 2865 §5.29 */
export const TerminationAction = { Default: 0, RadiusRequest: 1 } as const

/** @see RFC 2865 §5.41 */
export const NasPortType = { Virtual: 5, Ethernet: 15, WirelessOther: 18, Wireless80211: 19 } as const

/** @see RFC 2866 §5.1, RFC 2867 §3; the last two are of the registry of IANA alone */
export const AcctStatusType = {
  Start: 1,
  Stop: 2,
  InterimUpdate: 3,
  AccountingOn: 7,
  AccountingOff: 8,
  TunnelStart: 9,
  TunnelStop: 10,
  TunnelReject: 11,
  TunnelLinkStart: 12,
  TunnelLinkStop: 13,
  TunnelLinkReject: 14,
  Failed: 15,
  SubsystemOn: 18,
  SubsystemOff: 19,
} as const

/** @see RFC 2866 §5.6 */
export const AcctAuthentic = { Radius: 1, Local: 2, Remote: 3, Diameter: 4 } as const

/** @see RFC 2866 §5.10, RFC 3580 §2.3 (19–22) */
export const AcctTerminateCause = {
  UserRequest: 1,
  LostCarrier: 2,
  LostService: 3,
  IdleTimeout: 4,
  SessionTimeout: 5,
  AdminReset: 6,
  AdminReboot: 7,
  PortError: 8,
  NasError: 9,
  NasRequest: 10,
  NasReboot: 11,
  PortUnneeded: 12,
  PortPreempted: 13,
  PortSuspended: 14,
  ServiceUnavailable: 15,
  Callback: 16,
  UserError: 17,
  HostRequest: 18,
  SupplicantRestart: 19,
  ReauthenticationFailure: 20,
  PortReinit: 21,
  PortDisabled: 22,
} as const

/** @see RFC 2868 §3.1, RFC 3580 §3.31 */
export const TunnelType = { Vlan: 13 } as const

/** @see RFC 2868 §3.2 */
export const TunnelMediumType = { Ieee802: 6 } as const

/** Why a NAS refused a CoA-Request or Disconnect-Request (2xx: it was done). @see RFC 5176 §3.5 */
export const ErrorCause = {
  ResidualContextRemoved: 201,
  InvalidEapPacket: 202,
  UnsupportedAttribute: 401,
  MissingAttribute: 402,
  NasIdentificationMismatch: 403,
  InvalidRequest: 404,
  UnsupportedService: 405,
  UnsupportedExtension: 406,
  InvalidAttributeValue: 407,
  AdministrativelyProhibited: 501,
  ProxyRequestNotRoutable: 502,
  SessionContextNotFound: 503,
  SessionContextNotRemovable: 504,
  ProxyProcessingError: 505,
  ResourcesUnavailable: 506,
  RequestInitiated: 507,
  MultipleSessionSelectionUnsupported: 508,
} as const
